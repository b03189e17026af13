"""The comment names what may lose data, whatever else there is to say, and is one that GitHub takes."""

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pull_requests.comment import About, comment
from pull_requests.cost import CostChange
from pull_requests.data_holders import HOLDERS
from pull_requests.reading import parse, read
from tests.pull_requests.engine import TABLE, UNKNOWN, Step, digest, events, finding, secret, summary
from tests.pull_requests.recording import RECORDED

GITHUB_TAKES = 65_536
QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"


def told(*parts: Any, about: About | None = None) -> str:
    return comment([parse(events(*parts), "prod", "prod")], about)


def first_lines(text: str) -> str:
    return text.partition("\n### ")[0]


def test_it_begins_with_what_it_is_found_by() -> None:
    assert told(summary()).startswith("<!-- tenfold: preview -->\n")
    assert told(summary(), about=About(marker="drift")).startswith("<!-- tenfold: drift -->\n")


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([], "**prod**: no changes"),
        ([Step("create", "a", ROLE, new={})], "**prod**: 1 created"),
        (
            [Step("replace", "a", old={}, new={})],
            "**prod**: **1 replaced, which holds data: the table `a`**",
        ),
        (
            [Step("delete", "a", old={}), Step("delete", "b", QUEUE, old={}), Step("delete", "c", ROLE, old={})],
            "**prod**: **3 destroyed, of which 2 hold data: the table `a` and the queue `b`**",
        ),
        (
            [Step("delete", "a", old={}), Step("delete", "c", ROLE, old={}), Step("update", "d", old={}, new={})],
            "**prod**: 1 changed, **2 destroyed, of which 1 holds data: the table `a`**",
        ),
        ([Step("delete", "a", ROLE, old={})], "**prod**: 1 destroyed"),
        (
            [Step("delete", f"t{number}", old={}) for number in range(7)],
            "**prod**: **7 destroyed, which hold data: "
            + ", ".join(f"the table `t{number}`" for number in range(5))
            + " and 2 more**",
        ),
    ],
)
def test_an_environment_is_one_sentence(steps: list[Step], sentence: str) -> None:
    assert first_lines(told(*steps, summary())).rstrip().endswith(f"- {sentence}")


def test_what_is_replaced_or_destroyed_comes_first_and_data_before_the_rest() -> None:
    text = told(
        Step("create", "new", ROLE, new={}),
        Step("delete", "aaa", ROLE, old={}),
        Step("replace", "zzz", old={"hashKey": "a"}, new={"hashKey": "b"}, keys=["hashKey"]),
        summary(),
    )
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows[0] == "| `zzz` (dynamodb Table) | replaced | `hashKey`: `a` → `b` | **table**: lost |"
    assert rows[1] == "| `aaa` (iam Role) | destroyed | not in the program any more | no data |"
    assert text.index("Replaced and destroyed") < text.index("Created: 1 resource")


def test_a_rename_is_suspected_where_one_goes_and_one_of_its_kind_comes() -> None:
    text = told(Step("delete", "carts", old={}), Step("create", "baskets", new={}), summary())
    assert "If `carts` is only renamed or moved (created: `baskets`), give the new one an alias" in text
    assert "alias" not in told(Step("delete", "carts", old={}), Step("create", "baskets", ROLE, new={}), summary())


def test_a_failed_preview_says_why_and_that_the_rest_is_a_part() -> None:
    text = comment([read(RECORDED / "broken.json", "prod")])
    assert "**prod**: **the preview failed**, and what follows is only a part; 36 created" in text
    assert "ValueError: the shop has no <opening hours> | `none`\n```" in text


def test_a_digest_says_that_the_policy_pack_is_not_in_it() -> None:
    assert "`pulumi preview --json` leaves it out" in comment([parse(digest([]), "prod", "prod")])
    assert "leaves it out" not in told(summary())


def test_an_unknown_cost_is_named_and_never_zero() -> None:
    unknown = CostChange(0.0, {}, {"DynamoDB": 2}, {ROLE: 1}, ended=True)
    text = told(Step("create", "a", new={}), summary(), about=About(costs={"prod": unknown}))
    assert "no change known" in text
    assert "paid by use, and so not in it: DynamoDB (2)" in text
    assert "without a price here, and so not in it: 1 iam Role" in text
    assert "0.00" not in text
    cut = CostChange(12.0, {ROLE: 12.0}, {}, {}, ended=False)
    text = told(Step("create", "a", new={}), summary(), about=About(costs={"prod": cut}))
    assert "**Cost**: not known, as the preview did not come to its end." in text
    assert "12" not in text


def test_too_much_to_say_is_cut_and_said_to_be() -> None:
    steps = [Step("update", f"role-{number}", ROLE, {"a": "x" * 60}, {"a": "y" * 60}) for number in range(900)]
    for step in steps:
        step.detailed = {"a": {"diffKind": "update", "inputDiff": True}}
    text = told(Step("delete", "carts", old={}), *steps, summary(), about=About(run_url="https://example.com/run"))
    assert len(text) <= GITHUB_TAKES
    assert "GitHub takes no longer comment; [the run](https://example.com/run) has the whole preview." in text
    assert "the table `carts`" in text
    assert "Changed: 900 resources" in text
    assert "and 700 more resources" in text
    assert "shortened" not in told(*steps[:10], summary())


@pytest.mark.timeout(60)
def test_thousands_of_resources_take_seconds() -> None:
    """Ten thousand took four minutes when each that goes was compared with each that comes."""
    steps = [Step(op, f"{op}-{number}", QUEUE, old={}, new={}) for number in range(1500) for op in ("create", "delete")]
    assert "1,500 created" in told(*steps, summary())


def test_more_environments_than_fit_are_counted_with_their_data() -> None:
    name = "t" * 250
    previews = [
        parse(events(*(Step("delete", f"{name}{number}", old={}) for number in range(6)), summary()), f"e{each}", "")
        for each in range(60)
    ]
    text = comment(previews)
    assert len(text.encode()) <= GITHUB_TAKES
    shown = text.count("6 destroyed")
    assert 1 < shown < 60
    assert f"{60 - shown} more environments, **in which {(60 - shown) * 6:,} resources that hold data" in text


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
TOKEN = "s3cr3t-"
secrets = st.integers(0, 10**9).map(lambda number: secret(f"{TOKEN}{number}"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.just(UNKNOWN) | secrets,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
properties = st.dictionaries(texts, values, max_size=4)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    op = draw(st.sampled_from(["create", "update", "replace", "delete", "delete-replaced", "same", "read"]))
    old = draw(properties) if op != "create" else None
    new = draw(properties) if op not in ("delete", "delete-replaced") else None
    keys: list[str] = sorted({*(old or {}), *(new or {})})
    return Step(
        op,
        draw(texts).replace("::", ":"),
        draw(st.sampled_from([TABLE, QUEUE, ROLE, "aws:rds/cluster:Cluster"])),
        old,
        new,
        draw(properties),
        draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)) if keys else [],
        {key: {"diffKind": "update", "inputDiff": draw(st.booleans())} for key in keys},
    )


@settings(max_examples=40, deadline=None, phases=set(Phase) - {Phase.explain})
@given(
    made=st.lists(steps(), max_size=12),
    findings=st.lists(st.tuples(texts, texts), max_size=3),
    said=st.lists(texts, max_size=2),
    repeated=st.sampled_from([1, 1, 1, 60]),
    in_one=st.booleans(),
)
def test_whatever_the_engine_says_every_loss_of_data_is_named_or_counted_and_no_secret_is_shown(
    made: list[Step], findings: list[tuple[str, str]], said: list[str], repeated: int, in_one: bool
) -> None:
    every = [
        Step(one.op, f"{one.name}{copy or ''}", one.type, one.old, one.new, one.outputs, one.keys, one.detailed)
        for one in made
        for copy in range(repeated)
    ]
    text = digest(every, same=1) if in_one else events(*every, *(finding(*one) for one in findings), summary(same=1))
    shown = comment([parse(text + "\n".join(said), "prod", "prod")])

    assert len(shown.encode()) <= GITHUB_TAKES
    assert TOKEN not in shown
    lost = {
        (one.urn, "destroyed" if one.op == "delete" else "replaced")
        for one in every
        if one.type in HOLDERS and one.op in ("replace", "delete", "delete-replaced")
    }
    headline = next(line for line in shown.splitlines() if line.startswith("- **prod**"))
    for action in ("replaced", "destroyed"):
        count = len([one for one in lost if one[1] == action])
        of_all = f"{count:,} {action}, {'which holds data' if count == 1 else 'which hold data'}: "
        of_some = f" {action}, of which {count:,} {'holds' if count == 1 else 'hold'} data: "
        assert (of_all in headline or of_some in headline) == (count > 0), (count, action, headline)
    named = shown.count("| **table**: ") + shown.count("| **queue**: ") + shown.count("| **database cluster**: ")
    assert named == len(lost) or "has the whole preview" in shown


@settings(deadline=None)
@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_a_table_has_as_many_cells_in_each_row_whatever_the_names(pairs: list[tuple[str, str]]) -> None:
    made = [
        Step("replace", name, TABLE, {"key": value}, {"key": name}, keys=["key"]) for name, value in dict(pairs).items()
    ]
    for line in told(*made, summary()).splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") == 5, line


def test_json_of_the_engine_with_line_separators_in_names_is_one_line_each() -> None:
    line = json.dumps({"resourcePreEvent": Step("create", "a\u2028b", new={}).event()["resourcePreEvent"]})
    raw = line.replace("\\u2028", "\u2028")
    assert "1 created" in comment([parse(f"{raw}\n{json.dumps(summary(create=1))}\n", "prod", "prod")])
