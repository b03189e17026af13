"""Looks at one paid order, and writes down what is odd about it."""

import json


def handle(event, _context):
    for record in event["Records"]:
        order = json.loads(record["Sns"]["Message"])
        if order["total"] > 10_000:
            print(json.dumps({"message": "large order", "order": order["id"]}))
