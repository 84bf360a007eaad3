use async_trait::async_trait;
use domain::Announcement;
use domain::ports::Events;

/// Where a command announces its commits: nowhere but in the log. A server that runs on the same
/// store finds them in the admin record.
pub(crate) struct LogOnlyEvents;

#[async_trait]
impl Events for LogOnlyEvents {
    async fn publish(&self, announcement: Announcement) {
        let kind = match announcement {
            Announcement::Event(event) => event.kind.as_str(),
            Announcement::Read { .. } => "read",
            Announcement::Renamed { .. } => "renamed",
            Announcement::Notice { .. } => "notice",
            Announcement::Suspended(_) => "suspended",
            Announcement::SessionsEnded(_) => "sessions_ended",
        };
        tracing::debug!(kind, "committed; a running server finds it in the admin record");
    }
}
