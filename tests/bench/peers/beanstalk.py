#!/usr/bin/env python3
"""What is measured of beanstalkd, on the one at BEANSTALK_PORT, whose write-ahead log is in BEANSTALK_DIR.
Usage: beanstalk.py run|weigh COUNT

Its delays are whole seconds. So the jobs of the throughput are put into a paused tube, each with a delay that ends
before the pause does: the end of the pause is the instant at which all come due. The jobs of the lateness are put one
a millisecond, each for a whole number of seconds later.
"""

import json
import os
import socket
import subprocess
import sys
import time

DAY = 86_400
PAYLOAD = 200
BACKGROUND = 2000
LATE = 1000
AT_ONCE = 200
LEASE = 120


def payload(due):
    """200 bytes of JSON with the due time, in milliseconds since 1970."""
    data = {"due": due, "text": ""}
    data["text"] = "x" * (PAYLOAD - len(json.dumps(data)))
    return json.dumps(data).encode()


class Connection:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", int(os.environ["BEANSTALK_PORT"])))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def send(self, commands):
        self.socket.sendall(b"".join(commands))

    def expect(self, word):
        line = self.input.readline().split()
        if not line or line[0] != word:
            raise RuntimeError(f"beanstalkd answered {line}, not {word}")
        return line

    def job(self):
        """The id and body of a reserved job, or None if none was ready."""
        line = self.input.readline().split()
        if line[0] == b"TIMED_OUT":
            return None
        if line[0] != b"RESERVED":
            raise RuntimeError(f"beanstalkd answered {line}")
        return line[1], self.input.read(int(line[2]) + 2)[:-2]

    def put(self, jobs):
        """Puts jobs, each a due time and a delay in seconds, AT_ONCE of them in flight."""
        for first in range(0, len(jobs), AT_ONCE):
            some = jobs[first : first + AT_ONCE]
            bodies = [(payload(due), delay) for due, delay in some]
            self.send([b"put 1024 %d %d %d\r\n%s\r\n" % (d, LEASE, len(b), b) for b, d in bodies])
            for _ in some:
                self.expect(b"INSERTED")


def work(connection, count, at_once):
    """Reserves and deletes `count` jobs, `at_once` commands in flight. How late each was, in milliseconds."""
    late = []
    while len(late) < count:
        # The first waits for a job, the others take what is there besides.
        connection.send([b"reserve\r\n"] + [b"reserve-with-timeout 0\r\n"] * (at_once - 1))
        deletes = []
        for _ in range(at_once):
            job = connection.job()
            if job is not None:
                late.append(1000 * time.time() - json.loads(job[1])["due"])
                deletes.append(b"delete %s\r\n" % job[0])
        connection.send(deletes)
        for _ in deletes:
            connection.expect(b"DELETED")
    return late


def throughput(connection, count, per_second):
    lead = 2 + int(1.5 * count / per_second)
    connection.send([b"pause-tube default %d\r\n" % lead])
    due = time.time() + lead
    connection.expect(b"PAUSED")
    # Of one chunk all have the same delay, which must be over when the pause is.
    for first in range(0, count, AT_ONCE):
        delay = max(0, int(due - time.time()) - 1)
        connection.put([(1000 * due, delay)] * min(AT_ONCE, count - first))
    if time.time() > due:
        raise RuntimeError("putting took longer than foreseen: the jobs were due before it ended")
    work(connection, count, AT_ONCE)
    return count / (time.time() - due)


def lateness(connection):
    """The putting process is another: a connection that waits for a job cannot put one."""
    if os.fork() == 0:
        putting = Connection()
        begin = time.time()
        for i in range(LATE):
            # One a millisecond is the load, so the time is what it waits for.
            time.sleep(max(0, begin + i / 1000 - time.time()))
            putting.put([(1000 * (time.time() + 3), 3)])
        os._exit(0)
    # One at a time when they trickle in: those already waiting are the lateness that is measured.
    late = sorted(work(connection, LATE, 4))
    os.wait()
    return late[LATE // 2], late[LATE * 99 // 100]


def run(connection, count):
    begin = time.time()
    connection.put([(1000 * (begin + DAY), DAY)] * BACKGROUND)
    per_second = throughput(connection, count, BACKGROUND / (time.time() - begin))
    p50, p99 = lateness(connection)
    return {"per_second": per_second, "late_p50_ms": p50, "late_p99_ms": p99, "n": count}


def log_bytes():
    directory = os.environ["BEANSTALK_DIR"]
    return sum(entry.stat().st_size for entry in os.scandir(directory))


def weigh(connection, count):
    """By whole files of its log, which it makes in advance."""
    connection.put([(1000 * (time.time() + DAY), DAY)] * count)
    return {"bytes_per_million": round(log_bytes() / count * 1e6), "weighed": count}


def main():
    what, count = sys.argv[1], int(sys.argv[2])
    measured = (weigh if what == "weigh" else run)(Connection(), count)
    version = subprocess.run(["beanstalkd", "-v"], capture_output=True, text=True, check=True).stdout.split()[-1]
    settings = f"-b -f0, one connection, {AT_ONCE} commands in flight"
    print(json.dumps({"peer": "beanstalkd", "settings": settings, "version": version, **measured}))


main()
