"""Publishing numbers all the time, to see that none is missing, doubled or out of order."""

import threading

from server import Server


class Publishing:
    """Publishes 0, 1, 2, … to a topic from a thread of its own, as long as the block runs."""

    def __init__(self, server: Server, topic: str, every: float = 0.02) -> None:
        self.count = 0
        self._server = server
        self._topic = topic
        self._every = every
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._publish, name=f"publishing to {topic}", daemon=True)

    def _publish(self) -> None:
        while not self._ends.wait(self._every):
            self._server.publish(self._topic, self.count)
            self.count += 1

    @property
    def numbers(self) -> list[int]:
        """What has been published."""
        return list(range(self.count))

    def __enter__(self) -> "Publishing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
