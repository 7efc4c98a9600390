"""Telling that a session waits for a lock of another, without guessing how long that takes."""

import psycopg

WAITING = "select count(*) from pg_locks where pid = %s and not granted"
PATIENCE = 20_000


def until_waiting(watcher: psycopg.Connection, *sessions: psycopg.Connection) -> None:
    """Return when each session waits for a lock."""
    for session in sessions:
        pid = session.info.backend_pid
        for _ in range(PATIENCE):
            if watcher.execute(WAITING, [pid]).fetchone() != (0,):
                break
        else:
            message = f"session {pid} does not wait"
            raise AssertionError(message)
