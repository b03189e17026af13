"""The jobs of a transcoder: what they read and write, what is refused, and that an upload has one."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest
from botocore.stub import ANY, Stubber
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import transcoder_start
from tenfold.transcoder_arguments import TranscoderPreset
from tenfold.transcoder_job import Place, Upload, folder, job_of, uploads_of
from tenfold.transcoder_model import group_mistakes, job_mistakes
from tenfold.transcoder_presets import job_template
from tenfold.transcoder_start import Limits, NotStartedError, Starter

QUEUE = "arn:aws:mediaconvert:us-east-1:123456789012:queues/video"
OVERFLOW = "arn:aws:mediaconvert:us-east-1:123456789012:queues/overflow"
ROLE = "arn:aws:iam::123456789012:role/video"
PLACE = Place(queue_arn=QUEUE, role_arn=ROLE, bucket="made")
UPLOAD = Upload("uploads", "films/a film.mp4", "0055AED6DCD90281E5")
LIMITS = Limits(minutes=180, gigabytes=20)
TEMPLATE = json.loads(job_template({"presets": [*TranscoderPreset]}))
KEYS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(alphabet="a/.!%+ $&2é\n", min_size=1, max_size=12),
    st.text(alphabet="ab", min_size=690, max_size=1024),
)


def record(key: str, **more: Any) -> dict[str, Any]:
    """An event as S3 sends it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""
    return {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "uploads"}, "object": {"key": quote_plus(key), "size": 1, "sequencer": "00A1"}},
        **more,
    }


def destinations(job: dict[str, Any]) -> list[str]:
    groups = [group["OutputGroupSettings"] for group in job["Settings"]["OutputGroups"]]
    return [member["Destination"] for group in groups for member in group.values() if isinstance(member, dict)]


class TestKeys:
    @given(KEYS)
    def test_a_job_reads_the_object_whose_key_the_event_has_in_its_own_code(self, key: str) -> None:
        (upload,) = uploads_of(json.dumps({"Records": [record(key)]}))
        assert upload == Upload("uploads", key, "00A1")
        assert job_of(TEMPLATE, upload, PLACE)["Settings"]["Inputs"][0]["FileInput"] == f"s3://uploads/{key}"

    @given(KEYS)
    def test_a_job_writes_where_s3_and_mediaconvert_take_each_character_as_it_is(self, key: str) -> None:
        found = destinations(job_of(TEMPLATE, Upload("uploads", key, ""), PLACE))
        assert [one.rsplit("/", 2)[1:] for one in found] == [[n, "index"] for n in ("hls", "mp4", "thumbnails")]
        for one in found:
            path = one.removeprefix("s3://made/")
            assert not set(path) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-!")
            assert not {"", ".", ".."} & set(path.split("/"))
            assert len(path) <= 800

    @given(KEYS, KEYS)
    def test_two_keys_never_share_a_destination(self, one: str, other: str) -> None:
        jobs = [destinations(job_of(TEMPLATE, Upload("uploads", key, ""), PLACE)) for key in (one, other)]
        assert (one == other) == bool(set(jobs[0]) & set(jobs[1]))

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("films/a.mp4", "films/a.mp4"),
            ("films/a film+1.mp4", "films/a!20film!2b1.mp4"),
            ("ü!.mov", "!c3!bc!21.mov"),
            ("/a//b/", "!2fa/!2fb!2f"),
            ("a/../b/.", "a/!2e!2e/b/!2e"),
            ("$fn$", "!24fn!24"),
        ],
    )
    def test_a_folder_is_the_key_where_it_can_be(self, key: str, expected: str) -> None:
        assert folder(key) == expected

    def test_long_keys_that_begin_alike_have_folders_of_their_own(self) -> None:
        one, other = ("x" * 1000 + end for end in "ab")
        assert folder(one) != folder(other)
        assert len(folder(one)) <= 700

    def test_a_test_event_and_a_deletion_are_no_uploads(self) -> None:
        assert uploads_of('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"}') == []
        assert uploads_of(json.dumps({"Records": [record("a", eventName="ObjectRemoved:Delete")]})) == []

    @given(KEYS, KEYS, st.text(max_size=4), st.text(max_size=4))
    def test_an_upload_has_a_token_of_its_own_that_mediaconvert_takes(self, a: str, b: str, s: str, t: str) -> None:
        one, other = Upload("uploads", a, s.replace("\n", "")), Upload("uploads", b, t.replace("\n", ""))
        assert (one.token == other.token) == (one == other)
        assert len(one.token) <= 64
        assert one.token.isascii()


class TestJob:
    @settings(deadline=None, max_examples=30)
    @given(KEYS)
    def test_aws_s_model_has_nothing_to_say(self, key: str) -> None:
        job = job_of(TEMPLATE, Upload("uploads", key, "1"), PLACE)
        assert list(job_mistakes(job)) == []
        assert not ParamValidator().validate(job, create_job_shape()).has_errors()

    def test_it_runs_in_its_queue_for_its_role_and_tells_its_upload(self) -> None:
        job = job_of(TEMPLATE, UPLOAD, PLACE)
        assert (job["Queue"], job["Role"], job["ClientRequestToken"]) == (QUEUE, ROLE, UPLOAD.token)
        assert job["UserMetadata"] == {"bucket": "uploads", "key": "films/a%20film.mp4", "upload": UPLOAD.token}
        assert job["BillingTagsSource"] == "QUEUE"
        assert "HopDestinations" not in job

    def test_it_hops_to_the_second_queue_where_there_is_one(self) -> None:
        place = Place(QUEUE, ROLE, "made", OVERFLOW, 15)
        assert job_of(TEMPLATE, UPLOAD, place)["HopDestinations"] == [{"Queue": OVERFLOW, "WaitMinutes": 15}]

    def test_mistakes_are_told_with_their_place(self) -> None:
        group = {
            "OutputGroupSettings": {"Type": "HLS", "HlsGroupSettings": {"SegmentLength": 0, "Length": 1}},
            "Outputs": [{"VideoDescription": {"Width": "wide", "Height": True}, "NameModifier": 1}, "x"],
            "Name": "x" * 2049,
        }
        found = {mistake.path: mistake.given for mistake in group_mistakes("g", group)}
        assert found == {
            "g.OutputGroupSettings.Type": "'HLS' is given",
            "g.OutputGroupSettings.HlsGroupSettings.SegmentLength": "0 is given",
            "g.OutputGroupSettings.HlsGroupSettings.Length": "MediaConvert has no such setting",
            "g.Outputs[0].VideoDescription.Width": "'wide' is given",
            "g.Outputs[0].VideoDescription.Height": "True is given",
            "g.Outputs[0].NameModifier": "1 is given",
            "g.Outputs[1]": "'x' is given",
            "g.Name": "2049 characters are given",
        }

    def test_a_job_without_what_it_must_have_is_mistaken(self) -> None:
        job = {"Settings": {"Inputs": [{"FileInput": "ftp://a"}]}, "Tags": {"a": 1}}
        assert {mistake.path for mistake in job_mistakes(job)} == {"Role", "Settings.Inputs[0].FileInput", "Tags.a"}


def boto3_client(service: str) -> Any:
    return boto3.client(
        service,  # pyright: ignore
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@cache
def create_job_shape() -> Any:
    return boto3_client("mediaconvert").meta.service_model.operation_model("CreateJob").input_shape


class Aws:
    """Stubs of the services that a starter asks, which are asked for just what a test says, in its order."""

    def __init__(self) -> None:
        self.clients = {name: boto3_client(name) for name in ("mediaconvert", "s3", "events")}
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        self.told: list[dict[str, Any]] = []
        self.clients["events"].meta.events.register("provide-client-params.events.PutEvents", self._hear)

    def _hear(self, params: dict[str, Any], **_: Any) -> None:
        self.told += params["Entries"]

    def starter(self, limits: Limits = LIMITS, place: Place = PLACE, template: Any = TEMPLATE) -> Starter:
        for stub in self.stubs.values():
            stub.activate()
        return Starter(self.clients, template, place, limits)

    def holds(self, size: int, upload: Upload = UPLOAD) -> None:
        asked = {"Bucket": upload.bucket, "Key": upload.key}
        self.stubs["s3"].add_response("head_object", {"ContentLength": size}, asked)

    def has_jobs(self, *tokens: str, queue: str = QUEUE, more: str = "", after: str = "") -> None:
        asked: dict[str, Any] = {"InputFile": UPLOAD.uri, "Queue": queue, "MaxResults": 20}
        jobs = [{"Role": ROLE, "Settings": {}, "UserMetadata": {"upload": token}} for token in tokens]
        answer = {"Jobs": jobs, **({"NextToken": more} if more else {})}
        self.stubs["mediaconvert"].add_response(
            "search_jobs", answer, {**asked, **({"NextToken": after} if after else {})}
        )

    def probes(self, seconds: float | None) -> None:
        container = {} if seconds is None else {"Container": {"Duration": seconds}}
        asked = {"InputFiles": [{"FileUrl": UPLOAD.uri}]}
        self.stubs["mediaconvert"].add_response("probe", {"ProbeResults": [container]}, asked)

    def creates(self) -> None:
        answer = {"Job": {"Id": "1", "Role": ROLE, "Settings": {}}}
        self.stubs["mediaconvert"].add_response("create_job", answer, job_of(TEMPLATE, UPLOAD, PLACE))

    def hears(self, failed: int = 0) -> None:
        self.stubs["events"].add_response("put_events", {"FailedEntryCount": failed, "Entries": []}, {"Entries": ANY})

    def told_once(self) -> dict[str, Any]:
        (entry,) = self.told
        assert (entry["Source"], entry["DetailType"]) == ("tenfold.transcoder", "Upload Rejected")
        detail = json.loads(entry["Detail"])
        assert (detail["status"], detail["queue"]) == ("REJECTED", QUEUE)
        assert detail["userMetadata"]["key"] == "films/a%20film.mp4"
        return detail


@pytest.fixture
def aws() -> Iterator[Aws]:
    services = Aws()
    yield services
    for stub in services.stubs.values():
        stub.assert_no_pending_responses()


class TestStart:
    def test_an_upload_has_its_job_started(self, aws: Aws) -> None:
        aws.holds(10**9)
        aws.has_jobs("another upload to the same key")
        aws.probes(3600)
        aws.creates()
        aws.starter().take(UPLOAD)

    def test_an_event_that_comes_again_starts_no_second_job(self, aws: Aws) -> None:
        aws.holds(1)
        aws.has_jobs("another", more="page 2")
        aws.has_jobs(UPLOAD.token, after="page 2")
        aws.starter().take(UPLOAD)

    def test_a_job_that_has_hopped_to_the_second_queue_is_found(self, aws: Aws) -> None:
        aws.holds(1)
        aws.has_jobs()
        aws.has_jobs(UPLOAD.token, queue=OVERFLOW)
        aws.starter(place=Place(QUEUE, ROLE, "made", OVERFLOW, 15)).take(UPLOAD)

    @pytest.mark.parametrize(
        ("seconds", "reason"),
        [
            (180 * 60 + 1, "it takes 180.0 minutes, and 180 are allowed"),
            (None, "its length cannot be told"),
        ],
    )
    def test_an_upload_that_is_too_long_is_rejected(self, aws: Aws, seconds: float | None, reason: str) -> None:
        aws.holds(1)
        aws.has_jobs()
        aws.probes(seconds)
        aws.hears()
        aws.starter().take(UPLOAD)
        assert aws.told_once()["errorMessage"] == reason

    def test_an_upload_as_long_as_is_allowed_has_its_job(self, aws: Aws) -> None:
        aws.holds(20 * 10**9)
        aws.has_jobs()
        aws.probes(180 * 60)
        aws.creates()
        aws.starter().take(UPLOAD)

    def test_an_upload_that_is_too_large_is_rejected_without_a_probe(self, aws: Aws) -> None:
        aws.holds(20 * 10**9 + 10**8)
        aws.hears()
        aws.starter().take(UPLOAD)
        assert aws.told_once()["errorMessage"] == "it has 20.1 GB, and 20 are allowed"

    def test_what_is_no_video_is_rejected(self, aws: Aws) -> None:
        aws.holds(1)
        aws.has_jobs()
        aws.stubs["mediaconvert"].add_client_error("probe", "BadRequestException", "no media")
        aws.hears()
        aws.starter().take(UPLOAD)
        assert aws.told_once()["errorMessage"] == "MediaConvert cannot read it: no media"

    def test_without_bounds_nothing_is_probed(self, aws: Aws) -> None:
        aws.holds(10**13)
        aws.has_jobs()
        aws.creates()
        aws.starter(limits=Limits(0, 0)).take(UPLOAD)

    def test_an_upload_into_the_bucket_of_outputs_is_rejected(self, aws: Aws) -> None:
        aws.holds(1)
        aws.hears()
        aws.starter(place=Place(QUEUE, ROLE, "uploads")).take(UPLOAD)
        assert "bucket of outputs" in aws.told_once()["errorMessage"]

    def test_a_folder_of_s3_s_console_and_what_is_gone_are_passed_over(self, aws: Aws) -> None:
        starter = aws.starter()
        starter.take(Upload("uploads", "films/", "1"))
        aws.stubs["s3"].add_client_error("head_object", "404", http_status_code=404)
        starter.take(UPLOAD)

    @pytest.mark.parametrize("error", ["TooManyRequestsException", "InternalServerErrorException"])
    def test_a_job_that_mediaconvert_does_not_take_now_is_no_rejection(self, aws: Aws, error: str) -> None:
        aws.holds(1)
        aws.has_jobs()
        aws.probes(1)
        aws.stubs["mediaconvert"].add_client_error("create_job", error)
        with pytest.raises(Exception, match=error):
            aws.starter().take(UPLOAD)

    def test_a_rejection_that_nobody_hears_comes_back(self, aws: Aws) -> None:
        aws.holds(10**12)
        aws.hears(failed=1)
        with pytest.raises(NotStartedError, match="did not take the rejection"):
            aws.starter().take(UPLOAD)

    def test_a_job_that_mediaconvert_would_refuse_is_not_sent(self, aws: Aws) -> None:
        aws.holds(1)
        aws.has_jobs()
        aws.probes(1)
        starter = aws.starter(template={**TEMPLATE, "Priority": 51})
        with pytest.raises(NotStartedError, match="Priority: 51 is given; allowed: -50 to 50"):
            starter.take(UPLOAD)

    def test_messages_that_fail_come_back_and_no_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        taken: list[str] = []

        class Failing:
            def take(self, upload: Upload) -> None:
                taken.append(upload.key)
                if upload.key == "bad":
                    raise RuntimeError

        monkeypatch.setattr(transcoder_start, "_starter", Failing)
        event = {
            "Records": [{"messageId": key, "body": json.dumps({"Records": [record(key)]})} for key in ("a", "bad", "c")]
            + [{"messageId": "d", "body": "no JSON"}]
        }
        failed = transcoder_start.handle(event, None)
        assert failed == {"batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "d"}]}
        assert taken == ["a", "bad", "c"]
