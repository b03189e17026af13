"""The web tier of the sample application: takes jobs, hands them to the queue, shows their results.

It keeps nothing: a job is in the queue, its result in the table, and any instance can answer any request.

    GET  /healthz      200 as long as the process serves
    POST /jobs         a JSON object; 202 with the job's id
    GET  /jobs/<id>    200 with the result; 404 while there is none

A service behind it runs the same program, without jobs: it answers for its health alone.

Configured by SERVICE, JOBS_QUEUE_URL, RESULTS_TABLE and PORT in the environment.
"""

import json
import os
import signal
import sys
import uuid
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import boto3

MAXIMUM_BODY_BYTES = 200_000
"""A message of SQS holds 256 KiB; the job's id and JSON's own characters need some."""


def submit(sqs: Any, queue_url: str, job: dict[str, Any]) -> str:
    """Hand a job to the queue; its id."""
    job_id = str(uuid.uuid4())
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps({**job, "job_id": job_id}))
    return job_id


def result(table: Any, job_id: str) -> dict[str, Any] | None:
    """What the worker has stored for a job, or None."""
    return table.get_item(Key={"job_id": job_id}).get("Item")


class Handler(BaseHTTPRequestHandler):
    """One request. The server holds the clients, which are safe to share between threads."""

    def do_GET(self) -> None:
        """Health, or a job's result."""
        if self.path == "/healthz":
            self._answer(HTTPStatus.OK, {"status": "ok", "service": os.environ.get("SERVICE", "web")})
            return
        job_id = self.path.removeprefix("/jobs/")
        table = cast(Server, self.server).table
        found = result(table, job_id) if table and self.path.startswith("/jobs/") and job_id else None
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is no result under this address (yet)"})
        else:
            self._answer(HTTPStatus.OK, found)

    def do_POST(self) -> None:
        """A new job."""
        server = cast(Server, self.server)
        if self.path != "/jobs" or not server.queue_url:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "jobs are posted to /jobs"})
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAXIMUM_BODY_BYTES:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": f"a body of 0 to {MAXIMUM_BODY_BYTES} bytes is expected"})
            return
        try:
            job = json.loads(self.rfile.read(int(length)) or "{}")
        except ValueError:
            job = None
        if not isinstance(job, dict):
            self._answer(HTTPStatus.BAD_REQUEST, {"error": "the body must be a JSON object"})
            return
        job_id = submit(server.sqs, server.queue_url, job)
        self._answer(HTTPStatus.ACCEPTED, {"job_id": job_id, "result": f"/jobs/{job_id}"})

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content, default=_number).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """One line a request to standard output, which the instance's log agent takes."""
        sys.stdout.write(f"{self.address_string()} {format % args}\n")
        sys.stdout.flush()


class Server(ThreadingHTTPServer):
    """The listening server and what its requests share."""

    def __init__(self, address: tuple[str, int], queue_url: str | None = None, table_name: str | None = None) -> None:
        super().__init__(address, Handler)
        self.queue_url = queue_url
        self.sqs = boto3.client("sqs")
        self.table: Any = cast(Any, boto3.resource("dynamodb")).Table(table_name) if table_name else None


def _number(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def main() -> None:
    """Serve until told to end, then finish the requests in hand."""
    address = (os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080")))  # noqa: S104 - behind the balancer
    server = Server(address, os.environ.get("JOBS_QUEUE_URL"), os.environ.get("RESULTS_TABLE"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server:
        server.serve_forever()


if __name__ == "__main__":
    main()
