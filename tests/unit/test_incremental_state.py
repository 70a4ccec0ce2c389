"""A token stays while all is as it was, and moves on with each damage."""

from cityscapes.incremental.state import following, token


class Snakemake:
    """What Snakemake and its jobs do with a token: run where it differs, save what lies there."""

    def __init__(self):
        self.known = self.saved = ""
        self.recorded = None

    def run(self, now):
        """Whether a job runs with these files; it leaves them `whole`."""
        asked = token(self.known, self.saved, now)
        if asked == self.recorded:
            return False
        self.recorded = self.known = asked
        self.saved = "whole"
        return True


def test_where_nothing_is_known_the_token_is_the_first():
    assert token("", "", "anything") == "first"


def test_it_stays_while_the_fingerprint_does():
    assert token("T", "whole", "whole") == "T"


def test_it_stays_where_only_times_differ():
    assert token("T", "whole", "touched", lambda: True) == "T"


def test_times_are_not_looked_at_where_the_fingerprint_is_the_same():
    assert token("T", "whole", "whole", lambda: 1 / 0) == "T"


def test_what_lies_there_now_is_no_part_of_it():
    assert token("T", "whole", "one gone") == token("T", "whole", "two gone") != "T"


def test_it_returns_where_a_damage_was_undone_before_any_job_ran():
    assert token("T", "whole", "damaged") != token("T", "whole", "whole") == "T"


def test_the_same_damage_twice_runs_a_job_twice_and_none_in_between():
    rules = Snakemake()
    assert [rules.run(now) for now in ("nothing", "whole")] == [True, False]
    for _ in range(5):
        assert [rules.run(now) for now in ("damaged", "whole")] == [True, False]


def test_tokens_that_follow_each_other_are_all_different():
    tokens = ["first"]
    for _ in range(100):
        tokens.append(following(tokens[-1], "whole"))
    assert len(set(tokens)) == len(tokens)
