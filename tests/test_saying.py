"""What one text says of another: the test by which text may be left out."""

from __future__ import annotations

import pytest

from agentdiff.saying import details, missing_details, says


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("Water the roses", "Water the roses"),
        ("Water the roses", "**Water** the *roses*"),
        ("Water the roses in the morning", "Water the roses"),
        ("Write tests for all new code and run them", "Write tests for new code"),
        ("Review every change for security", "Reviews each change for security"),  # other forms of the words
        ("Use `git bisect` to find the change", "Find the change with `git bisect`"),
    ],
)
def test_a_text_says_what_is_in_it(kept: str, text: str) -> None:
    assert says(kept, text)


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("Water the roses", "Water the roses in the morning before breakfast"),
        ("Cover the rules with tests", "Cover 80 % of the rules with tests"),
        ("Wait 50 seconds", "Wait 5 seconds"),
        ("Deploy the service to the cluster", "Deploy the service to the Kubernetes cluster"),
        ("Find the change", "Find the change with `git bisect`"),
        ("Design a database and its queries", "Design a relational database and its queries"),
        ("Keep the code clean", "Measure the speed of the program"),
        ("", "Water the roses"),
    ],
)
def test_a_text_does_not_say_what_it_lacks(kept: str, text: str) -> None:
    assert not says(kept, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Keep 80 % of it", {"80"}),
        ("Use `git bisect` first", {"git bisect", "bisect"}),
        ("Deploy with Kubernetes", {"kubernetes"}),
        ("Write the API", set()),
        ("Deploy it", set()),
        ("Tend the greenhouse", {"tend", "greenhouse"}),
    ],
)
def test_details_are_what_a_reader_would_miss(text: str, found: set[str]) -> None:
    assert details(text) == found


def test_details_in_another_form_are_there() -> None:
    assert missing_details("Specialize in greenhouses", "Specializing in every greenhouse") == set()
    assert missing_details("Version 2.0", "Version 2.0.1") == {"2.0"}
