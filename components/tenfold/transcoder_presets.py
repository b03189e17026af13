"""What jobs are made of: the presets of the package, those of the program, and what all jobs have in common.

A preset is MediaConvert's `OutputGroup`: JSON files beside this module, and dicts of the program.
See https://docs.aws.amazon.com/mediaconvert/latest/ug/outputs-file-ABR.html.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from tenfold.errors import Fault
from tenfold.transcoder_arguments import TranscoderArgs, TranscoderJobArgs, TranscoderPreset
from tenfold.transcoder_job import DESTINATIONS

_FOLDER = Path(__file__).parent / "transcoder_presets"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_INPUT: Mapping[str, Any] = {
    "AudioSelectors": {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}},
    "VideoSelector": {"Rotate": "AUTO"},
    "TimecodeSource": "ZEROBASED",
}
_BY_DEFAULT = (TranscoderPreset.HLS, TranscoderPreset.THUMBNAILS)
_OF_THE_COMPONENT = "nothing: the component sets it"


def output_groups(args: TranscoderArgs) -> dict[str, Mapping[str, Any]]:
    """The output groups by their presets' names."""
    own = args.get("own_presets", {})
    chosen = args.get("presets", () if own else _BY_DEFAULT)
    built_in = {preset.value: _built_in(preset) for preset in chosen}
    return {**built_in, **{name: _with_whole_numbers(own[name]) for name in sorted(own)}}


def job_template(args: TranscoderArgs) -> str:
    """What all jobs have in common, as the function reads it."""
    job = args.get("job", {})
    template = {
        "AccelerationSettings": {"Mode": job.get("acceleration", "disabled").upper()},
        # Queues are tagged as the component is, jobs are not.
        "BillingTagsSource": "QUEUE",
        "Priority": job.get("priority", 0),
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [{**_INPUT, **_with_whole_numbers(job.get("input", {}))}],
            "OutputGroups": [{**group, "Name": name} for name, group in output_groups(args).items()],
        },
    }
    return json.dumps(template, indent=1, sort_keys=True)


def preset_faults(args: TranscoderArgs) -> Iterable[Fault]:
    """What is wrong with presets: each by AWS's own model, and then all of them as one job."""
    faults = [*_twice_faults(args), *_own_faults(args)]
    yield from faults or _job_of_none_faults(args)


def job_faults(args: TranscoderArgs) -> Iterable[Fault]:
    """What is wrong with what all jobs have in common."""
    job: TranscoderJobArgs = args.get("job", {})
    source = job.get("input", {})
    if "FileInput" in source:
        yield Fault("job.input.FileInput", "it is given", _OF_THE_COMPONENT)
    if source:
        yield from (Fault(*mistake) for mistake in _model().input_mistakes("job.input", _with_whole_numbers(source)))


def _built_in(preset: TranscoderPreset) -> Mapping[str, Any]:
    return json.loads((_FOLDER / f"{preset.value}.json").read_text())


def _model() -> ModuleType:
    # Half a second for botocore, which programs without a transcoder of their own presets do without.
    from tenfold import transcoder_model  # noqa: PLC0415

    return transcoder_model


def _twice_faults(args: TranscoderArgs) -> Iterable[Fault]:
    presets = args.get("presets", [])
    for index, preset in enumerate(presets):
        if preset in presets[:index]:
            yield Fault(f"presets[{index}]", f"{preset.value!r} is given twice", "each preset once")


def _own_faults(args: TranscoderArgs) -> Iterable[Fault]:
    for name, given in args.get("own_presets", {}).items():
        path, group = f"own_presets.{name}", _with_whole_numbers(given)
        if not _NAME.fullmatch(name) or name in {preset.value for preset in TranscoderPreset}:
            allowed = "1 to 40 small letters, digits and hyphens, and not the name of a preset of the package"
            yield Fault(path, "it has this name", allowed)
            continue
        found = [Fault(*mistake) for mistake in _model().group_mistakes(path, group)]
        yield from found or _group_faults(path, group)


def _job_of_none_faults(args: TranscoderArgs) -> Iterable[Fault]:
    """Presets that are no job: MediaConvert captures frames beside another output only."""
    groups = output_groups(args)
    path = "own_presets" if args.get("own_presets") else "presets"
    if not groups:
        yield Fault(path, "none is given", "one preset or more")
    elif all(_captures(output) for group in groups.values() for output in _outputs(group)):
        yield Fault(path, "all outputs are captured frames", "one video or audio output beside them")


def _with_whole_numbers(value: Any) -> Any:
    """The value with whole numbers as such: from other languages all of them arrive as floats."""
    if isinstance(value, Mapping):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _group_faults(path: str, group: Mapping[str, Any]) -> Iterable[Fault]:
    """What AWS's model does not say, or what would lead outputs elsewhere."""
    settings = group.get("OutputGroupSettings", {})
    kind = settings.get("Type")
    if kind not in DESTINATIONS:
        yield Fault(f"{path}.OutputGroupSettings.Type", "nothing is given", ", ".join(sorted(DESTINATIONS)))
    elif "Destination" in settings.get(DESTINATIONS[kind], {}):
        place = f"{path}.OutputGroupSettings.{DESTINATIONS[kind]}.Destination"
        yield Fault(place, "it is given", _OF_THE_COMPONENT)
    if "Name" in group:
        yield Fault(f"{path}.Name", "it is given", _OF_THE_COMPONENT)
    if not _outputs(group):
        yield Fault(f"{path}.Outputs", "nothing is given", "one output or more")
    yield from _output_faults(path, group)


def _output_faults(path: str, group: Mapping[str, Any]) -> Iterable[Fault]:
    outputs = _outputs(group)
    seen: set[str] = set()
    for index, output in enumerate(outputs):
        place = f"{path}.Outputs[{index}]"
        modifier = output.get("NameModifier", "")
        if "Preset" in output:
            yield Fault(f"{place}.Preset", f"{output['Preset']!r} is given", "the settings themselves, in its place")
        if "/" in modifier:
            yield Fault(f"{place}.NameModifier", f"{modifier!r} is given", "no slash: names of files end with it")
        if len(outputs) > 1 and (not modifier or modifier in seen):
            given = f"{modifier!r} is given twice" if modifier else "nothing is given"
            yield Fault(f"{place}.NameModifier", given, "another one for each of several outputs: `_720p`")
        seen.add(modifier)


def _outputs(group: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return cast("list[Mapping[str, Any]]", group.get("Outputs", []))


def _captures(output: Mapping[str, Any]) -> bool:
    return output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec") == "FRAME_CAPTURE"
