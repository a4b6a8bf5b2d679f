"""Tests of liveform.vendor_values: frozen values of whatever the vendor sends."""

from collections import ChainMap, UserDict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import FieldError
from liveform.vendor_values import VendorValue


class Leaf(VendorValue, frozen=True, kw_only=True, rename={"name": "theName"}):
    """A nested value with an older name."""

    name: str | None = None
    number: int | None = None

    shown = ("number",)
    aliases = MappingProxyType({"the_name": "theName"})


class Branch(VendorValue, frozen=True, kw_only=True):
    """A nested value without an older name of its own."""

    leaf: Leaf | None = None


class Plain(VendorValue, frozen=True, kw_only=True):
    """A value with nothing to rename inside."""

    text: str | None = None


class Tree(VendorValue, frozen=True, kw_only=True):
    """A value with every kind of member."""

    text: str | None = None
    flag: bool | None = None
    ratio: float | None = None
    anything: Any = None
    texts: tuple[str, ...] = ()
    perhaps: tuple[int, ...] | None = None
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    branch: Branch | None = None
    plain: Plain | None = None
    plains: tuple[Plain, ...] = ()

    shown = ("text", "flag")
    aliases = MappingProxyType(
        {"Leaves": "leaves", "LEAVES": "leaves", "oldText": "text", "olderText": "text"}
    )


def test_members_become_attributes_and_stay_as_they_came() -> None:
    """Known members are attributes, missing ones are None or empty, and ``raw`` has all of them."""
    members = {
        "text": "a",
        "flag": True,
        "ratio": 1,
        "anything": {"b": [1]},
        "texts": ["c"],
        "leaf": {"theName": "d", "new": 1},
        "new": None,
    }
    tree = Tree.read(members)
    assert (tree.text, tree.flag, tree.ratio, tree.anything) == ("a", True, 1.0, {"b": [1]})
    assert (tree.texts, tree.perhaps, tree.leaves, tree.branch) == (("c",), None, (), None)
    assert tree.raw is members
    assert tree.leaf is not None
    assert (tree.leaf.name, tree.leaf.raw) == ("d", {"theName": "d", "new": 1})
    assert Tree.read({}) == Tree()


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"oldText": "a"}, "a"),
        ({"oldText": "a", "text": "b"}, "b"),
        ({"text": "b", "oldText": "a"}, "b"),
        ({"oldText": "a", "olderText": "c"}, "c"),
        ({"olderText": "c", "oldText": "a"}, "a"),
    ],
)
def test_older_name_counts_where_the_usual_is_missing(members: dict[str, Any], text: str) -> None:
    """A member is read under its older names; the usual name wins, and ``raw`` has what came."""
    tree = Tree.read(members)
    assert tree.text == text
    assert tree.raw == members


def test_older_names_are_read_at_every_depth() -> None:
    """Older names are read inside nested values and lists, and each value has what came for it."""
    old = {"the_name": "a"}
    members = {
        "leaf": old,
        "Leaves": [old, {"theName": "b"}],
        "branch": {"leaf": old},
        "plain": {"text": "t"},
    }
    tree = Tree.read(members)
    assert tree.leaf is not None
    assert tree.branch is not None
    assert tree.branch.leaf is not None
    assert tree.plain is not None
    assert [leaf.name for leaf in (tree.leaf, *tree.leaves, tree.branch.leaf)] == ["a", "a", "b", "a"]
    assert [leaf.raw for leaf in (tree.leaf, *tree.leaves, tree.branch.leaf)] == [
        old,
        old,
        {"theName": "b"},
        old,
    ]
    assert (tree.branch.raw, tree.plain.raw) == ({"leaf": old}, {"text": "t"})
    assert members == {
        "leaf": old,
        "Leaves": [old, {"theName": "b"}],
        "branch": {"leaf": old},
        "plain": {"text": "t"},
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("text", 1),
        ("flag", "true"),
        ("ratio", "1.5"),
        ("texts", [1]),
        ("perhaps", ["a"]),
        ("leaf", "text"),
        ("leaf", [1]),
        ("leaves", "text"),
        ("leaves", 1),
        ("branch", []),
        (" raw", "text"),
    ],
)
def test_member_of_another_type_is_left_out(member: str, value: object) -> None:
    """A member of an unexpected type is None or empty; all others are read, and ``raw`` has it."""
    tree = Tree.read({"anything": 1, member: value, "plain": {"text": "t"}})
    assert tree.anything == 1
    assert tree.plain == Plain(text="t", raw={"text": "t"})
    assert tree.raw[member] == value
    attribute = member.strip()
    assert attribute == "raw" or not getattr(tree, attribute)


def test_member_of_another_type_is_left_out_inside_too() -> None:
    """Inside nested values and lists, too, only the member of an unexpected type is missing."""
    tree = Tree.read(
        {
            "leaf": {"theName": 1, "number": 2},
            "leaves": [{"number": "x", "theName": "a"}, "odd", {"theName": "b"}],
            "branch": {"leaf": {"the_name": "c", "number": []}},
        }
    )
    assert tree.leaf is not None
    assert tree.branch is not None
    assert tree.branch.leaf is not None
    assert (tree.leaf.name, tree.leaf.number) == (None, 2)
    assert [(leaf.name, leaf.number) for leaf in tree.leaves] == [("a", None), ("b", None)]
    assert tree.leaves[1].raw == {"theName": "b"}
    assert (tree.branch.leaf.name, tree.branch.leaf.raw) == ("c", {"the_name": "c", "number": []})


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("texts", "alone", ("alone",)),
        ("texts", {}, ()),
        ("perhaps", 1, (1,)),
        ("plains", {"text": "a"}, (Plain(text="a", raw={"text": "a"}),)),
        ("plains", {"x": {"text": "a"}}, (Plain(text="a", raw={"text": "a"}),)),
        ("plains", {}, (Plain(),)),
        ("plains", {"text": "a", "x": {}}, (Plain(text="a", raw={"text": "a", "x": {}}),)),
        ("Leaves", [{"number": 1}], (Leaf(number=1, raw={"number": 1}),)),
        ("plains", [{"text": "a"}, 1], (Plain(text="a", raw={"text": "a"}),)),
    ],
)
def test_one_value_in_place_of_a_list_is_a_list_of_one(name: str, value: object, found: object) -> None:
    """Where a list is expected, one value alone, or an object of objects, is read as a list."""
    assert getattr(Tree.read({name: value}), name.lower()) == found


def test_last_of_two_older_names_counts_with_what_came_for_it() -> None:
    """Of two older names, the last in the object counts, for the value and for its ``raw``."""
    for first, last in (("Leaves", "LEAVES"), ("LEAVES", "Leaves")):
        (leaf,) = Tree.read({first: [{"number": 1}], last: [{"number": 2}]}).leaves
        assert leaf == Leaf(number=2, raw={"number": 2})


def test_value_does_not_change() -> None:
    """A value is frozen."""
    with pytest.raises(AttributeError):
        Tree.read({}).text = "a"  # type: ignore[misc]


def test_repr_shows_what_is_named_and_nothing_else() -> None:
    """The repr shows the attributes of ``shown`` that are there, and how many members came."""
    assert repr(Tree.read({"text": "id-1", "leaf": {"theName": "Jane"}})) == "Tree(text='id-1', 2 members)"
    assert repr(Leaf.read({"number": 0})) == "Leaf(number=0, 1 members)"
    assert repr(Branch.read({})) == "Branch(0 members)"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["theName", "the_name", "number", "leaf", "text", " raw", "x"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)
NAMES = [*Tree.__struct_encode_fields__, *Tree.aliases, "x"]


def test_object_of_objects_is_a_list_also_where_its_names_are_those_of_members() -> None:
    """The names in an object that stands for a list are never read as names of a member."""
    first, second = {"number": 1}, {"theName": "Jane"}
    tree = Tree.read({"leaves": {"theName": first, "the_name": second}})
    assert [leaf.number for leaf in tree.leaves] == [1, None]
    assert [leaf.raw for leaf in tree.leaves] == [first, second]


@given(st.dictionaries(st.sampled_from(NAMES), values, max_size=6))
def test_any_members_make_a_value(members: dict[str, Any]) -> None:
    """Whatever members come, there is a value that keeps them."""
    tree = Tree.read(members)
    assert tree.raw is members
    assert all(isinstance(leaf.raw, dict) for leaf in tree.leaves)


def test_rich_shows_no_member() -> None:
    """What rich prints of a value, as in a traceback with locals, is how many members came."""
    tree = Tree.read({"text": "jane@example.com", "leaf": {"theName": "Jane"}})
    assert tree.__rich_repr__() == [("members", 2)]


def test_lists_nested_deeply_are_no_nested_values() -> None:
    """Lists inside lists are not what a member holds, however deep: it is missing, and nothing fails."""
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    tree = Tree.read({"leaf": deep, "leaves": [deep, {"the_name": "a"}], "branch": {"leaf": deep}})
    assert [leaf.name for leaf in tree.leaves] == ["a"]
    assert tree.leaf is None


@pytest.mark.parametrize("mapping", [dict, MappingProxyType, UserDict, ChainMap])
def test_members_in_any_mapping_are_read_as_those_of_a_dict(
    mapping: Callable[[dict[str, Any]], Mapping[str, Any]],
) -> None:
    """What a program keeps in a read-only or another mapping is read, and ``raw`` is JSON all the same."""
    members = {"the_name": "x", "number": 1, "new": [1]}
    leaf = Leaf.read(mapping(members))
    assert (leaf.name, leaf.number, leaf.raw) == ("x", 1, members)
    assert type(leaf.raw) is dict


@pytest.mark.parametrize("members", [[("name", "x")], "name", None, {1: "x"}, MappingProxyType({b"a": 1})])
def test_members_that_are_no_mapping_of_names_are_refused(members: Any) -> None:
    """A list of pairs, a text and names of another type are not a JSON object."""
    with pytest.raises(FieldError, match="members: must be a JSON object, as a dict or mapping"):
        Leaf.read(members)
