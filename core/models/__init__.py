from core.models.attachment import Attachment
from core.models.audit import Audit
from core.models.counter import Counter
from core.models.heartbeat import Heartbeat
from core.models.idempotency import IdempotencyKey
from core.models.mute import Mute
from core.models.notification import Notification
from core.models.outbox import Outbox

__all__ = ["Attachment", "Audit", "Counter", "Heartbeat", "IdempotencyKey", "Mute", "Notification", "Outbox"]
