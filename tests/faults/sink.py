"""A mail server that accepts everything and remembers the Message-ID of every mail that it said yes to."""

import asyncio
import threading
from collections import Counter
from email import message_from_bytes


class MailSink:
    """Listens on a free port of the loopback in a thread of its own. `seen` counts mails by Message-ID."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._say(writer, "220 sink")
            while line := await reader.readline():
                word = line.split(maxsplit=1)[0].upper() if line.strip() else b""
                if word == b"DATA":
                    await self._say(writer, "354 go on")
                    self._remember(await reader.readuntil(b"\r\n.\r\n"))
                await self._say(writer, "221 bye" if word == b"QUIT" else "250 ok")
                if word == b"QUIT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender was killed in the middle: not a mail
        finally:
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"{text}\r\n".encode())
        await writer.drain()

    def _remember(self, mail: bytes) -> None:
        self.seen[message_from_bytes(mail)["Message-ID"]] += 1
