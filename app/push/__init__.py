"""Mobile push for application code: registers devices with Amazon SNS and sends them messages.

It needs boto3 and nothing else: copy the folder into an application.
"""

from .client import DeviceGoneError, PushClient, RegistrationError
from .messages import Fault, PushMessage, PushMessageError

__all__ = ["DeviceGoneError", "Fault", "PushClient", "PushMessage", "PushMessageError", "RegistrationError"]
