//! What admins did, and the password links they made.

use diesel::prelude::*;
use domain::{AdminAction, AdminRecord, PasswordLink, Reason, RecordId, RoomId, Stored, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::fields::{Fields, Found, HASH_BYTES};
use crate::schema::{admin_record, password_links};
use crate::stored::{Corrupt, StoredId, present, token_hash};

/// The row of something that an admin did.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = admin_record, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct AdminRecordRow {
    pub record_id: StoredId,
    pub at: i64,
    pub admin_id: Option<String>,
    pub action: String,
    pub user_id: Option<String>,
    pub room_id: Option<StoredId>,
    pub reason: Option<String>,
}

impl Fields for AdminRecordRow {
    fn look(&self, found: &mut Found) {
        let id = self.record_id.0;
        found.texts::<UserId>(self.admin_id.as_deref(), "admin_record.admin_id", id);
        found.texts::<UserId>(self.user_id.as_deref(), "admin_record.user_id", id);
        found.texts::<Reason>(self.reason.as_deref(), "admin_record.reason", id);
        found.that(self.action().is_ok(), "admin_record.action", id);
    }
}

impl From<&AdminRecord> for AdminRecordRow {
    fn from(record: &AdminRecord) -> Self {
        Self {
            record_id: record.id.into(),
            at: record.at.as_millis(),
            admin_id: record.admin_id.as_ref().map(ToString::to_string),
            action: record.action.as_str().to_owned(),
            user_id: record.user_id.as_ref().map(ToString::to_string),
            room_id: record.room_id.map(StoredId::from),
            reason: record.reason.as_ref().map(ToString::to_string),
        }
    }
}

impl AdminRecordRow {
    /// What was done.
    pub fn action(&self) -> Result<AdminAction, Corrupt> {
        let action = AdminAction::ALL.iter().find(|action| action.as_str() == self.action);
        present(action.copied(), "admin_record.action")
    }
}

impl TryFrom<AdminRecordRow> for AdminRecord {
    type Error = Corrupt;

    fn try_from(row: AdminRecordRow) -> Result<Self, Corrupt> {
        let action = row.action()?;
        Ok(Self {
            id: RecordId(row.record_id.0),
            at: Timestamp::from_millis(row.at),
            admin_id: row.admin_id.map(UserId::stored),
            action,
            user_id: row.user_id.map(UserId::stored),
            room_id: row.room_id.map(|id| RoomId(id.0)),
            reason: row.reason.map(Reason::stored),
        })
    }
}

/// A password link's row.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = password_links)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct PasswordLinkRow {
    #[serde(with = "As::<Hex>")]
    pub token_hash: Vec<u8>,
    pub user_id: String,
    pub expires_at: i64,
}

impl Fields for PasswordLinkRow {
    fn look(&self, found: &mut Found) {
        let holder = &self.user_id;
        found.text::<UserId>(holder, "password_links.user_id", holder);
        found.that(self.token_hash.len() == HASH_BYTES, "password_links.token_hash", holder);
    }
}

impl From<&PasswordLink> for PasswordLinkRow {
    fn from(link: &PasswordLink) -> Self {
        Self {
            token_hash: link.hash.0.to_vec(),
            user_id: link.user_id.to_string(),
            expires_at: link.expires_at.as_millis(),
        }
    }
}

impl TryFrom<PasswordLinkRow> for PasswordLink {
    type Error = Corrupt;

    fn try_from(row: PasswordLinkRow) -> Result<Self, Corrupt> {
        Ok(Self {
            hash: token_hash(row.token_hash, "password_links.token_hash")?,
            user_id: UserId::stored(row.user_id),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}
