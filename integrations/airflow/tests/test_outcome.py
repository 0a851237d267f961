import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from extracts_airflow.outcome import confirm


def test_success_is_success():
    confirm(0, "extracts plan")


@pytest.mark.parametrize("code", [75, 130, 137, 143, -15, -9, -2])
def test_what_may_succeed_later_is_tried_again(code):
    with pytest.raises(AirflowException) as raised:
        confirm(code, "shard 1/2")
    assert not isinstance(raised.value, AirflowFailException)


@pytest.mark.parametrize("code", [1, 3, 4, 64, 65, 70, 127])
def test_what_will_fail_again_is_not(code):
    with pytest.raises(AirflowFailException, match=f"shard 1/2 ended with {code}: "):
        confirm(code, "shard 1/2")
