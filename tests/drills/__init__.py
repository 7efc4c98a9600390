import pytest

pytest.register_assert_rewrite("tests.drills.at_work")
