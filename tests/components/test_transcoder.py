"""Transcoder: every default, every option, every refusal, and who may do what."""

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from tenfold import Transcoder, TranscoderArgs
from tests.components.building import Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "transcoder.txt"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
QUEUE = "arn:aws:mediaconvert:us-east-1:123456789012:video-queue"
RESERVED = "arn:aws:mediaconvert:us-east-1:123456789012:video-reserved-queue"
RULE = "arn:aws:events:us-east-1:123456789012:rule/video-events-rule"
UPLOADS = "arn:aws:s3:::video-uploads-bucket-0a1b2c"
OUTPUTS = "arn:aws:s3:::video-outputs-bucket-0a1b2c"
SQUARE: dict[str, Any] = {
    "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}},
    "Outputs": [
        {
            "ContainerSettings": {"Container": "MP4"},
            "VideoDescription": {
                "Width": 600,
                "Height": 600,
                "CodecSettings": {
                    "Codec": "H_264",
                    "H264Settings": {"RateControlMode": "QVBR", "MaxBitrate": 1_000_000},
                },
            },
        }
    ],
}
FRAMES: dict[str, Any] = {
    "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS"},
    "Outputs": [{"VideoDescription": {"CodecSettings": {"Codec": "FRAME_CAPTURE"}}}],
}


def transcoder(**args: Any) -> Built[Transcoder]:
    return built_of(args) if args else by_default()


def built_of(args: dict[str, Any]) -> Built[Transcoder]:
    return build(lambda: Transcoder("video", cast("TranscoderArgs", args)))


@cache
def by_default() -> Built[Transcoder]:
    """One for all tests of defaults, none of which changes it."""
    return built_of({})


def faults(name: str = "video", **args: Any) -> dict[str, tuple[str, str]]:
    refusal = refused(lambda: Transcoder(name, cast("TranscoderArgs", args)))
    assert refusal.resources == ()
    return refusal.faults


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


def template(built: Built[Any]) -> dict[str, Any]:
    """What all jobs have in common, as it goes to Lambda."""
    return json.loads(built["video-start-worker"].inputs["code"].assets["tenfold/transcoder_template.json"].text)


def groups(built: Built[Any]) -> dict[str, dict[str, Any]]:
    return {group["Name"]: group for group in template(built)["Settings"]["OutputGroups"]}


def with_changes(group: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {**group, **settings}


class TestPresets:
    def test_players_get_four_sizes_and_pictures_of_what_they_play(self) -> None:
        found = groups(transcoder())
        assert set(found) == {"hls", "thumbnails"}
        videos = [output["VideoDescription"] for output in found["hls"]["Outputs"]]
        assert [video["Height"] for video in videos] == [1080, 720, 480, 360]
        assert {video["ScalingBehavior"] for video in videos} == {"FIT_NO_UPSCALE"}
        assert {video["CodecSettings"]["Codec"] for video in videos} == {"H_264"}
        capture = found["thumbnails"]["Outputs"][0]["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
        assert (capture["FramerateNumerator"], capture["FramerateDenominator"]) == (1, 10)

    def test_a_file_to_download_is_played_from_its_beginning_on(self) -> None:
        built = transcoder(presets=["mp4"])
        (output,) = groups(built)["mp4"]["Outputs"]
        assert output["ContainerSettings"]["Mp4Settings"] == {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"}

    def test_segments_begin_with_whole_groups_of_pictures(self) -> None:
        group = groups(transcoder())["hls"]
        length = group["OutputGroupSettings"]["HlsGroupSettings"]["SegmentLength"]
        codecs = [output["VideoDescription"]["CodecSettings"]["H264Settings"] for output in group["Outputs"]]
        assert all(codec["GopSizeUnits"] == "SECONDS" and length % codec["GopSize"] == 0 for codec in codecs)

    @pytest.mark.parametrize("presets", [["hls"], ["mp4"], ["hls", "mp4", "thumbnails"]], ids="+".join)
    def test_botocore_takes_the_presets_of_the_package(self, presets: list[str]) -> None:
        job = {"Role": "role", **template(transcoder(presets=presets))}
        shape = Session().get_service_model("mediaconvert").operation_model("CreateJob").input_shape
        assert not ParamValidator().validate(job, shape).has_errors()

    def test_a_preset_of_your_own_stands_alone_or_beside_others(self) -> None:
        assert set(groups(transcoder(own_presets={"square": SQUARE}))) == {"square"}
        both = groups(transcoder(presets=["thumbnails"], own_presets={"square": SQUARE}))
        assert set(both) == {"square", "thumbnails"}
        assert both["square"] == {**SQUARE, "Name": "square"}

    def test_whole_numbers_of_other_languages_are_whole(self) -> None:
        given = json.loads(json.dumps(SQUARE).replace("600", "600.0"))
        video = groups(transcoder(own_presets={"square": given}))["square"]["Outputs"][0]["VideoDescription"]
        assert isinstance(video["Width"], int)

    def test_jobs_take_the_first_audio_track_and_turn_a_phone_s_video_upright(self) -> None:
        found = template(transcoder())
        (source,) = found["Settings"]["Inputs"]
        assert source["AudioSelectors"] == {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}}
        assert source["VideoSelector"] == {"Rotate": "AUTO"}
        assert (found["Priority"], found["AccelerationSettings"]) == (0, {"Mode": "DISABLED"})

    def test_what_holds_for_all_jobs_can_be_other(self) -> None:
        job = {"priority": -5, "acceleration": "preferred", "input": {"DeblockFilter": "ENABLED", "VideoSelector": {}}}
        found = template(transcoder(job=job))
        assert (found["Priority"], found["AccelerationSettings"]) == (-5, {"Mode": "PREFERRED"})
        (source,) = found["Settings"]["Inputs"]
        assert (source["DeblockFilter"], source["VideoSelector"]) == ("ENABLED", {})

    def test_a_wrong_preset_is_refused_with_its_place(self) -> None:
        outputs = [{**SQUARE["Outputs"][0], "ContainerSettings": {"Container": "AVI"}}]
        found = faults(own_presets={"square": with_changes(SQUARE, Outputs=outputs, Colour="red")})
        assert found["own_presets.square.Outputs[0].ContainerSettings.Container"][0] == "'AVI' is given"
        assert found["own_presets.square.Colour"][0] == "MediaConvert has no such setting"

    @pytest.mark.parametrize(
        ("group", "path"),
        [
            ({"Outputs": [{}]}, "OutputGroupSettings.Type"),
            (with_changes(SQUARE, Name="mine"), "Name"),
            (with_changes(SQUARE, Outputs=[]), "Outputs"),
            (with_changes(SQUARE, Outputs=[{"Preset": "System-Avc"}]), "Outputs[0].Preset"),
            (with_changes(SQUARE, Outputs=[{"NameModifier": "/up"}]), "Outputs[0].NameModifier"),
            (with_changes(SQUARE, Outputs=[{"NameModifier": "_a"}, {}]), "Outputs[1].NameModifier"),
            (with_changes(SQUARE, Outputs=[{"NameModifier": "_a"}] * 2), "Outputs[1].NameModifier"),
            (
                with_changes(
                    SQUARE,
                    OutputGroupSettings={
                        "Type": "FILE_GROUP_SETTINGS",
                        "FileGroupSettings": {"Destination": "s3://elsewhere/"},
                    },
                ),
                "OutputGroupSettings.FileGroupSettings.Destination",
            ),
        ],
    )
    def test_a_preset_that_would_write_elsewhere_or_nothing_is_refused(self, group: dict[str, Any], path: str) -> None:
        assert list(faults(own_presets={"square": group})) == [f"own_presets.square.{path}"]

    @pytest.mark.parametrize("name", ["hls", "A", "a/b", ""])
    def test_a_preset_s_name_is_a_folder_of_its_own(self, name: str) -> None:
        assert list(faults(own_presets={name: SQUARE})) == [f"own_presets.{name}"]

    def test_frames_are_captured_beside_another_output_only(self) -> None:
        assert faults(presets=["thumbnails"])["presets"][0] == "all outputs are captured frames"
        assert list(faults(own_presets={"frames": FRAMES})) == ["own_presets"]
        assert list(faults(presets=[])) == ["presets"]
        assert list(faults(presets=["hls", "hls"])) == ["presets[1]"]
        assert set(groups(transcoder(presets=["mp4"], own_presets={"frames": FRAMES}))) == {"mp4", "frames"}

    def test_wrong_settings_of_all_jobs_are_refused(self) -> None:
        found = faults(job={"priority": 51, "input": {"FileInput": "s3://a/b", "Volume": 3}})
        assert set(found) == {"job.priority", "job.input.FileInput", "job.input.Volume"}


class TestStart:
    def test_an_upload_waits_in_a_queue_for_an_hour_of_tries(self) -> None:
        built = transcoder()
        queue = built["video-start-queue"].inputs
        assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] == 10
        assert queue["visibilityTimeoutSeconds"] == 360
        (target,) = built["video-uploads-notification"].inputs["queues"]
        assert target["queueArn"] == built.value(built.result.start_queue_arn)
        assert target["events"] == ["s3:ObjectCreated:*"]
        assert "filterPrefix" not in target
        sender = statements(built["video-start-queue-policy"].inputs["policy"])["Senderuploads"]
        assert sender["Condition"]["ArnEquals"] == {"aws:SourceArn": UPLOADS}

    def test_some_uploads_alone_are_transcoded(self) -> None:
        uploads = {"prefix": "films/", "suffixes": [".mp4", ".MOV"]}
        built = transcoder(uploads=uploads)
        targets = built["video-uploads-notification"].inputs["queues"]
        assert {(one["id"], one["filterPrefix"], one["filterSuffix"]) for one in targets} == {
            ("start-mp4", "films/", ".mp4"),
            ("start-MOV", "films/", ".MOV"),
        }
        assert built.value(built.result.environment)["VIDEO_UPLOADS_PREFIX"] == "films/"
        for policy in (built.value(built.result.upload_policy_json), built["video-role-policy"].inputs["policy"]):
            assert statements(policy)["Uploads"]["Resource"] == f"{UPLOADS}/films/*"

    def test_the_function_is_three_modules_and_what_all_jobs_have_in_common(self) -> None:
        worker = transcoder()["video-start-worker"].inputs
        assert worker["handler"] == "tenfold.transcoder_start.handle"
        assert set(worker["code"].assets) == {
            "tenfold/__init__.py",
            "tenfold/transcoder_job.py",
            "tenfold/transcoder_model.py",
            "tenfold/transcoder_start.py",
            "tenfold/transcoder_template.json",
        }

    def test_the_function_is_told_where_jobs_run_and_what_bounds_them(self) -> None:
        variables = transcoder()["video-start-worker"].inputs["environment"]["variables"]
        assert variables == {
            "TRANSCODER_QUEUE_ARN": QUEUE,
            "TRANSCODER_ROLE_ARN": "arn:aws:iam:us-east-1:123456789012:video-role",
            "TRANSCODER_OUTPUTS_BUCKET": "video-outputs-bucket-0a1b2c",
            "TRANSCODER_MAX_INPUT_MINUTES": "180",
            "TRANSCODER_MAX_INPUT_GB": "20",
        }

    def test_bounds_and_tries_can_be_others(self) -> None:
        start = {
            "max_receive_count": 5,
            "maximum_concurrency": 2,
            "environment": {"LEVEL": "1"},
            "log_retention_days": 7,
        }
        built = transcoder(limits={"max_input_minutes": 0.5, "max_input_gb": 0}, start=start)
        variables = built["video-start-worker"].inputs["environment"]["variables"]
        assert (variables["TRANSCODER_MAX_INPUT_MINUTES"], variables["TRANSCODER_MAX_INPUT_GB"]) == ("0.5", "0")
        assert variables["LEVEL"] == "1"
        assert json.loads(built["video-start-queue"].inputs["redrivePolicy"])["maxReceiveCount"] == 5
        assert built["video-start-worker-source"].inputs["scalingConfig"] == {"maximumConcurrency": 2}
        assert built["video-start-worker-logs"].inputs["retentionInDays"] == 7

    def test_the_function_may_start_jobs_of_its_queue_and_nothing_else(self) -> None:
        policy = statements(transcoder()["video-start-worker-policy-jobs"].inputs["policy"])
        assert policy["Jobs"]["Resource"] == [QUEUE]
        assert policy["Jobs"]["Action"] == ["mediaconvert:CreateJob", "mediaconvert:SearchJobs"]
        assert policy["Role"]["Condition"] == {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}
        assert policy["Role"]["Resource"].endswith(":video-role")
        assert policy["Rejections"]["Resource"] == "arn:aws:events:us-east-1:123456789012:event-bus/default"
        assert policy["Rejections"]["Condition"]["StringEquals"]["events:source"] == "tenfold.transcoder"
        assert [sid for sid, each in policy.items() if each["Resource"] == "*"] == ["Probe"]


class TestMediaConvert:
    def test_jobs_are_paid_on_demand(self) -> None:
        built = transcoder(queue={"concurrent_jobs": 40})
        queue = built["video-queue"].inputs
        assert queue["concurrentJobs"] == 40
        assert "pricingPlan" not in queue
        assert "video-reserved-queue" not in built

    def test_reserved_slots_are_a_queue_of_its_own_from_which_jobs_hop(self) -> None:
        built = transcoder(queue={"reserved_slots": 2})
        reserved = built["video-reserved-queue"].inputs
        assert reserved["pricingPlan"] == "RESERVED"
        assert reserved["reservationPlanSettings"] == {
            "commitment": "ONE_YEAR",
            "renewalType": "EXPIRE",
            "reservedSlots": 2,
        }
        variables = built["video-start-worker"].inputs["environment"]["variables"]
        assert variables["TRANSCODER_QUEUE_ARN"] == RESERVED
        assert variables["TRANSCODER_OVERFLOW_QUEUE_ARN"] == QUEUE
        assert variables["TRANSCODER_OVERFLOW_MINUTES"] == "15"
        assert built["video-queue"].inputs == transcoder()["video-queue"].inputs
        assert built.value(built.result.reserved_queue_arn) == RESERVED
        pattern = json.loads(built["video-events-rule"].inputs["eventPattern"])
        assert set(pattern["detail"]["queue"]) == {QUEUE, RESERVED}

    def test_a_commitment_is_renewed_where_that_is_said(self) -> None:
        built = transcoder(queue={"reserved_slots": 1, "reserved_renewal": True, "reserved_wait_minutes": 1})
        settings = built["video-reserved-queue"].inputs["reservationPlanSettings"]
        assert settings["renewalType"] == "AUTO_RENEW"

    def test_its_role_reads_uploads_writes_outputs_and_does_nothing_else(self) -> None:
        built = transcoder()
        trust = json.loads(built["video-role"].inputs["assumeRolePolicy"])["Statement"]
        assert [each["Principal"] for each in trust] == [{"Service": "mediaconvert.amazonaws.com"}]
        policy = statements(built["video-role-policy"].inputs["policy"])
        assert {sid: (each["Action"], each["Resource"]) for sid, each in policy.items()} == {
            "Uploads": (["s3:GetObject"], f"{UPLOADS}/*"),
            "Outputs": (["s3:PutObject"], f"{OUTPUTS}/*"),
        }

    def test_with_a_key_it_uses_the_key_through_s3_alone(self) -> None:
        built = transcoder(kms_key_arn=KEY)
        policy = statements(built["video-role-policy"].inputs["policy"])
        assert policy["UploadsKey"]["Action"] == ["kms:Decrypt"]
        assert policy["OutputsKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert policy["OutputsKey"]["Condition"]["StringLike"] == {"kms:ViaService": "s3.us-east-1.amazonaws.com*"}
        assert built["video-events-topic"].inputs["kmsMasterKeyId"] == KEY
        assert built["video-events-dlq"].inputs["kmsMasterKeyId"] == KEY
        assert built["video-start-queue"].inputs["kmsMasterKeyId"] == KEY


class TestBuckets:
    def test_both_are_protected_and_uploads_stay(self) -> None:
        built = transcoder()
        assert built["video-uploads-bucket"].protect
        assert built["video-outputs-bucket"].protect
        assert not transcoder(deletion_protection=False)["video-uploads-bucket"].protect

    def test_uploads_expire_and_come_from_a_browser_where_that_is_said(self) -> None:
        uploads = {"expire_days": 30, "cors": [{"origins": ["https://example.com"]}]}
        built = transcoder(uploads=uploads, outputs={"cors": [{"origins": ["https://example.com"]}]})
        rules = built["video-uploads-lifecycle"].inputs["rules"]
        assert [rule["expiration"]["days"] for rule in rules if "days" in rule.get("expiration", {})] == [30]
        (rule,) = built["video-uploads-cors"].inputs["corsRules"]
        assert rule["allowedMethods"] == ["PUT", "POST"]
        (rule,) = built["video-outputs-cors"].inputs["corsRules"]
        assert rule["allowedMethods"] == ["GET", "HEAD"]

    @pytest.mark.parametrize("later", [False, True], ids=["known", "later"])
    def test_both_may_be_there_already(self, later: bool) -> None:
        def arn(name: str) -> Any:
            return pulumi.Output.from_input(f"arn:aws:s3:::{name}") if later else f"arn:aws:s3:::{name}"

        built = transcoder(
            uploads={"bucket_arn": arn("films"), "kms_key_arn": KEY}, outputs={"bucket_arn": arn("videos")}
        )
        assert built.of("aws:s3/bucket:Bucket") == []
        assert built.of("aws:s3/bucketNotification:BucketNotification") == []
        names = (built.result.uploads_bucket_name, built.result.outputs_bucket_name)
        assert [built.value(name) for name in names] == ["films", "videos"]
        sender = statements(built["video-start-queue-policy"].inputs["policy"])["Senderuploads"]
        assert sender["Condition"]["ArnEquals"] == {"aws:SourceArn": "arn:aws:s3:::films"}
        policy = statements(built["video-role-policy"].inputs["policy"])
        assert policy["Outputs"]["Resource"] == "arn:aws:s3:::videos/*"
        assert policy["UploadsKey"]["Resource"] == KEY
        assert "OutputsKey" not in policy

    def test_uploaders_put_and_readers_read(self) -> None:
        def program() -> Transcoder:
            made = Transcoder("video", {})
            role = aws.iam.Role("web", assume_role_policy=STATEMENT)
            made.grant_upload(role)
            made.grant_read(role)
            return made

        built = build(program)
        upload = statements(built["video-upload-grant-web"].inputs["policy"])
        assert {sid: each["Action"] for sid, each in upload.items()} == {
            "Uploads": ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
        }
        read = statements(built["video-read-grant-web"].inputs["policy"])
        assert {sid: (each["Action"], each["Resource"]) for sid, each in read.items()} == {
            "Outputs": (["s3:GetObject"], f"{OUTPUTS}/*"),
            "ListOutputs": (["s3:ListBucket"], OUTPUTS),
        }


class TestEvents:
    def test_a_topic_is_told_of_every_end_of_a_job_and_of_rejections(self) -> None:
        built = transcoder()
        assert json.loads(built["video-events-rule"].inputs["eventPattern"]) == {
            "source": ["aws.mediaconvert", "tenfold.transcoder"],
            "detail-type": ["MediaConvert Job State Change", "Upload Rejected"],
            "detail": {"queue": [QUEUE], "status": ["COMPLETE", "ERROR", "CANCELED", "REJECTED"]},
        }
        target = built["video-events-target"].inputs
        assert target["arn"] == built.value(built.result.events_topic_arn)
        assert target["deadLetterConfig"] == {"arn": "arn:aws:sqs:us-east-1:123456789012:video-events-dlq"}
        assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 86_400, "maximumRetryAttempts": 185}

    def test_the_topic_takes_them_from_the_rule_and_over_tls_alone(self) -> None:
        built = transcoder()
        # EventBridge cannot use a key of AWS's own.
        assert "kmsMasterKeyId" not in built["video-events-topic"].inputs
        policy = statements(built["video-events-topic-policy"].inputs["policy"])
        assert policy["Events"]["Principal"] == {"Service": "events.amazonaws.com"}
        assert policy["Events"]["Condition"] == {"ArnEquals": {"aws:SourceArn": RULE}}
        assert policy["TlsAlone"]["Effect"] == "Deny"
        letters = statements(built["video-events-dlq-policy"].inputs["policy"])
        assert letters["Senderrule"]["Condition"] == {"ArnEquals": {"aws:SourceArn": RULE}}
        assert built["video-events-dlq"].inputs["messageRetentionSeconds"] == 14 * 86_400

    @pytest.mark.parametrize("events", [{"topic_arn": TOPIC}, {"queue_arn": TOPIC.replace("sns", "sqs")}])
    def test_another_topic_or_a_queue_may_be_told(self, events: dict[str, Any]) -> None:
        built = transcoder(events={**events, "statuses": ["COMPLETE"], "maximum_age_seconds": 60})
        assert built["video-events-target"].inputs["arn"] == next(iter(events.values()))
        assert built["video-events-target"].inputs["retryPolicy"]["maximumEventAgeInSeconds"] == 60
        assert json.loads(built["video-events-rule"].inputs["eventPattern"])["detail"]["status"] == ["COMPLETE"]
        assert "video-events-topic" not in built
        assert "video-events-topic-alarm" not in built
        assert built.value(built.result.events_topic_arn) == events.get("topic_arn", "")


class TestAlarms:
    def test_jobs_that_fail_or_wait_ring(self) -> None:
        # https://docs.aws.amazon.com/mediaconvert/latest/ug/MediaConvert-metrics.html
        built = transcoder()
        failed, waiting = (built[f"video-job-{kind}-alarm"].inputs for kind in ("error", "waiting"))
        assert (failed["namespace"], failed["metricName"], failed["dimensions"]) == (
            "AWS/MediaConvert",
            "JobsErroredCount",
            {"Queue": QUEUE},
        )
        assert (failed["statistic"], failed["threshold"]) == ("Sum", 0)
        assert (waiting["metricName"], waiting["statistic"], waiting["threshold"]) == ("StandbyTime", "Maximum", 1800)

    def test_each_queue_has_its_own(self) -> None:
        built = transcoder(queue={"reserved_slots": 1, "waiting_alarm_seconds": 60})
        assert built["video-job-error-alarm-reserved"].inputs["dimensions"] == {"Queue": RESERVED}
        assert built["video-job-waiting-alarm-reserved"].inputs["threshold"] == 60

    def test_news_that_do_not_arrive_ring_at_once(self) -> None:
        built = transcoder(alarms={"topic_arn": TOPIC, "critical_topic_arn": f"{TOPIC}-now"})
        for kind, metric in (("events", "FailedInvocations"), ("events-dlq", "ApproximateNumberOfMessagesVisible")):
            alarm = built[f"video-{kind}-alarm"].inputs
            assert (alarm["metricName"], alarm["alarmActions"]) == (metric, [f"{TOPIC}-now"])
        assert built["video-job-error-alarm"].inputs["alarmActions"] == [TOPIC]

    def test_all_are_listed_with_those_of_the_parts(self) -> None:
        built = transcoder(alarms={"topic_arn": TOPIC, "off": ["job-waiting-alarm", "worker-throttle-alarm"]})
        listed = built.value(built.result.alarm_arns)
        assert len(listed) == len(built.of(ALARM))
        assert {"job-error-alarm", "start/dlq-alarm", "start/worker-error-alarm", "uploads/server-error-alarm"} <= set(
            listed
        )
        assert not {"job-waiting-alarm", "start/worker-throttle-alarm"} & set(listed)


class TestRefusals:
    @pytest.mark.parametrize(
        ("args", "paths"),
        [
            ({"limits": {"max_input_minutes": -1, "max_input_gb": 6000}}, ["max_input_minutes", "max_input_gb"]),
            ({"uploads": {"expire_days": 0, "prefix": "*"}}, ["expire_days", "prefix"]),
            ({"uploads": {"suffixes": ["mp4", ".mp4", ".mp4"]}}, ["suffixes[0]", "suffixes[2]"]),
            ({"uploads": {"cors": [{"origins": []}]}}, ["cors[0].origins"]),
            ({"uploads": {"kms_key_arn": KEY}}, ["kms_key_arn"]),
            ({"uploads": {"bucket_arn": "uploads", "expire_days": 1}}, ["bucket_arn", "expire_days"]),
            ({"outputs": {"bucket_arn": "arn:aws:s3:::a-bucket", "kms_key_arn": "mine"}}, ["kms_key_arn"]),
            (
                {"start": {"max_receive_count": 0, "maximum_concurrency": 1}},
                ["max_receive_count", "maximum_concurrency"],
            ),
            ({"start": {"log_retention_days": 2}}, ["log_retention_days"]),
            ({"start": {"environment": {"TRANSCODER_ROLE_ARN": "x"}}}, ["environment.TRANSCODER_ROLE_ARN"]),
            (
                {"queue": {"concurrent_jobs": 0, "waiting_alarm_seconds": 0}},
                ["concurrent_jobs", "waiting_alarm_seconds"],
            ),
            (
                {"queue": {"reserved_slots": 0, "reserved_wait_minutes": 4321}},
                ["reserved_slots", "reserved_wait_minutes"],
            ),
            ({"queue": {"reserved_renewal": True}}, ["reserved_renewal"]),
            (
                {"events": {"topic_arn": f"{TOPIC}.fifo", "maximum_age_seconds": 59}},
                ["maximum_age_seconds", "topic_arn"],
            ),
            ({"events": {"topic_arn": TOPIC, "queue_arn": TOPIC.replace("sns", "sqs")}}, ["queue_arn"]),
            ({"events": {"statuses": []}}, ["statuses"]),
        ],
    )
    def test_an_argument_that_is_impossible_is_named(self, args: dict[str, Any], paths: list[str]) -> None:
        (group,) = args
        assert set(faults(**args)) == {f"{group}.{path}" for path in paths}

    def test_outputs_into_the_bucket_of_uploads_would_never_end(self) -> None:
        same = {"bucket_arn": "arn:aws:s3:::films"}
        assert "uploads again" in faults(uploads=same, outputs=same)["outputs.bucket_arn"][1]

    def test_the_name_and_the_key_and_an_alarm_that_is_none_are_refused(self) -> None:
        found = faults("Video_" * 9, kms_key_arn="alias/mine", alarms={"off": ["loud-alarm"]})
        assert set(found) == {"name", "kms_key_arn", "alarms.off[0]"}


def test_its_urns_are_those_that_stacks_know() -> None:
    def program() -> None:
        args: Any = {
            "presets": ["hls", "mp4", "thumbnails"],
            "queue": {"reserved_slots": 1},
            "uploads": {"cors": [{"origins": ["*"]}], "expire_days": 9},
        }
        made = Transcoder("video", args)
        role = aws.iam.Role("web", assume_role_policy=STATEMENT)
        made.grant_upload(role)
        made.grant_read(role)

    urns = sorted(resource.urn for resource in build(program).resources if resource.name != "web")
    assert urns == GOLDEN.read_text().splitlines()
