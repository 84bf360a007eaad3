use deserr::Deserr;
use domain::use_cases::InvitationIssued;
use domain::{
    Ban, Invitation, JoinTerms, LastMessage, Member, Receipt, RoomPassword, RoomSummary, RoomView, SEATS,
    Timestamp, UserId, Withheld,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::field_errors::FieldErrors;
use crate::fields::{self, Instant, Seq, Text, Token};

/// A room in its member's own list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Room)]
pub(crate) struct RoomShape {
    room_id: fields::RoomId,
    name: fields::RoomName,
    /// Absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<fields::Topic>,
    owner_id: fields::UserId,
    /// How many seats there are.
    #[schema(example = 6)]
    seats: usize,
    /// How many of them are taken.
    #[schema(example = 3)]
    seats_taken: usize,
    /// Whether nobody new may join.
    locked: bool,
    created_at: Instant,
    epoch: fields::Epoch,
    head_seq: Seq,
    read_seq: Seq,
    /// How many messages by others lie above `readSeq`.
    #[schema(example = 2)]
    unread: i64,
    /// How many of these mention the account.
    #[schema(example = 1)]
    unread_mentions: i64,
    /// When its newest event happened: lists are ordered by that.
    last_event_at: Instant,
    /// The newest message that is not deleted. Absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<LastMessageShape>,
}

/// The newest message of a room.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LastMessage)]
pub(crate) struct LastMessageShape {
    seq: Seq,
    sender_id: fields::UserId,
    /// Absent where their account is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_name: Option<fields::AccountName>,
    /// How its text begins.
    #[schema(max_length = 140, example = "Good evening")]
    excerpt: String,
    at: Instant,
}

impl From<&LastMessage> for LastMessageShape {
    fn from(message: &LastMessage) -> Self {
        Self {
            seq: Seq(message.seq),
            sender_id: Text(message.sender_id.clone()),
            sender_name: message.sender_name.clone().map(Text),
            excerpt: message.excerpt.clone(),
            at: Instant(message.at),
        }
    }
}

impl From<&RoomSummary> for RoomShape {
    fn from(summary: &RoomSummary) -> Self {
        let room = &summary.room;
        Self {
            room_id: room.id.into(),
            name: Text(room.name.clone()),
            topic: Some(room.topic.clone()).filter(|topic| !topic.is_empty()).map(Text),
            owner_id: Text(room.owner_id.clone()),
            seats: SEATS,
            seats_taken: summary.seats_taken,
            locked: room.locked,
            created_at: Instant(room.created_at),
            epoch: room.epoch.into(),
            head_seq: Seq(room.head_seq),
            read_seq: Seq(summary.read_seq),
            unread: summary.unread,
            unread_mentions: summary.unread_mentions,
            last_event_at: Instant(summary.last_event_at),
            last_message: summary.last_message.as_ref().map(LastMessageShape::from),
        }
    }
}

/// One room with the people in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoomDetail)]
pub(crate) struct RoomDetailShape {
    #[serde(flatten)]
    room: RoomShape,
    /// The members in the order of their seats.
    members: Vec<MemberShape>,
}

impl RoomDetailShape {
    /// The room at `now`, with those online who have a socket open.
    pub(crate) fn new(view: &RoomView, now: Timestamp, is_online: impl Fn(&UserId) -> bool) -> Self {
        let owner_id = &view.summary.room.owner_id;
        let member = |member: &Member| MemberShape {
            user_id: Text(member.user_id.clone()),
            name: Text(member.name.clone()),
            prime: member.prime.is_active(now),
            owner: member.user_id == *owner_id,
            online: is_online(&member.user_id),
            joined_at: Instant(member.joined_at),
            read_seq: Seq(member.read_seq),
        };
        Self { room: RoomShape::from(&view.summary), members: view.members.iter().map(member).collect() }
    }
}

/// A seat's holder, as the other members see them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub(crate) struct MemberShape {
    user_id: fields::UserId,
    name: fields::AccountName,
    prime: bool,
    /// Whether the room is theirs.
    owner: bool,
    /// Whether they have a socket open.
    online: bool,
    joined_at: Instant,
    /// Up to where they have read the log.
    read_seq: Seq,
}

/// Somebody who may not come back into a room.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ban)]
pub(crate) struct BanShape {
    user_id: fields::UserId,
    name: fields::AccountName,
    banned_at: Instant,
}

impl From<&Ban> for BanShape {
    fn from(ban: &Ban) -> Self {
        Self {
            user_id: Text(ban.user_id.clone()),
            name: Text(ban.name.clone()),
            banned_at: Instant(ban.banned_at),
        }
    }
}

/// What the owner wants to be different. What is absent or null stays as it is, but for the
/// topic, which null removes.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct RoomRevision {
    #[deserr(default)]
    name: Option<fields::RoomName>,
    /// Null or empty removes it.
    #[deserr(default)]
    #[schema(value_type = Option<fields::Topic>)]
    topic: fields::Removable<domain::Topic>,
    #[deserr(default)]
    password: Option<fields::RoomPassword>,
    /// Whether nobody new may join.
    #[deserr(default)]
    locked: Option<bool>,
    /// The next owner: a prime member in the room.
    #[deserr(default)]
    owner_id: Option<fields::UserId>,
}

impl From<RoomRevision> for domain::RoomRevision<RoomPassword> {
    fn from(revision: RoomRevision) -> Self {
        Self {
            name: revision.name.map(|name| name.0),
            topic: revision.topic.0,
            password: revision.password.map(|password| password.0),
            locked: revision.locked,
            owner_id: revision.owner_id.map(|owner_id| owner_id.0),
        }
    }
}

/// What changed about a room, and nothing else; never the password itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomChangeShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<fields::RoomName>,
    /// Empty where it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<fields::Topic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<fields::UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_changed: Option<bool>,
}

impl From<&domain::RoomRevision<Withheld>> for RoomChangeShape {
    fn from(revision: &domain::RoomRevision<Withheld>) -> Self {
        Self {
            name: revision.name.clone().map(Text),
            topic: revision.topic.clone().map(Text),
            locked: revision.locked,
            owner_id: revision.owner_id.clone().map(Text),
            password_changed: revision.password.map(|Withheld| true),
        }
    }
}

/// What joining came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt)]
pub(crate) struct ReceiptShape {
    room_id: fields::RoomId,
    /// What the seat cost when it was taken.
    #[schema(example = 150)]
    fee: i64,
    /// The balance now.
    #[schema(example = 350)]
    avail_coins: i64,
    /// Whether the seat was held before, so that nothing was paid now.
    already_member: bool,
}

impl From<&Receipt> for ReceiptShape {
    fn from(receipt: &Receipt) -> Self {
        Self {
            room_id: receipt.room_id.into(),
            fee: receipt.fee.get(),
            avail_coins: receipt.avail_coins.get(),
            already_member: receipt.already_member,
        }
    }
}

/// What joining costs an account, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Price)]
pub(crate) struct PriceShape {
    /// `returning`, `prime`, `first_join` or `further_join`.
    #[schema(example = "further_join")]
    terms: &'static str,
    /// In coins.
    #[schema(example = 150)]
    fee: i64,
    /// What a free member pays for each room after the first.
    #[schema(example = 150)]
    further_fee: i64,
}

impl From<JoinTerms> for PriceShape {
    fn from(terms: JoinTerms) -> Self {
        let further_fee = JoinTerms::FurtherJoin.fee().get();
        Self { terms: terms.as_str(), fee: terms.fee().get(), further_fee }
    }
}

/// How far a member has read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Read)]
pub(crate) struct ReadShape {
    /// The room.
    pub(crate) room_id: fields::RoomId,
    /// Up to where.
    pub(crate) read_seq: Seq,
}

/// An invitation, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
pub(crate) struct InvitationShape {
    invitation_id: fields::InvitationId,
    room_id: fields::RoomId,
    invitee_id: fields::UserId,
    /// `open`, `used`, `revoked` or `expired`.
    #[schema(example = "open")]
    status: &'static str,
    created_at: Instant,
    expires_at: Instant,
}

impl InvitationShape {
    /// The invitation as it stands at `now`.
    pub(crate) fn new(invitation: &Invitation, now: Timestamp) -> Self {
        Self {
            invitation_id: invitation.id.into(),
            room_id: invitation.room_id.into(),
            invitee_id: Text(invitation.invitee_id.clone()),
            status: invitation.status(now).as_str(),
            created_at: Instant(invitation.created_at),
            expires_at: Instant(invitation.expires_at),
        }
    }
}

/// An invitation just made, with the secret that is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvitationIssued)]
pub(crate) struct InvitationIssuedShape {
    #[serde(flatten)]
    invitation: InvitationShape,
    /// What the invitee joins with.
    token: Token,
}

impl InvitationIssuedShape {
    /// The invitation as it stands at `now`, with its token.
    pub(crate) fn new(issued: &InvitationIssued, now: Timestamp) -> Self {
        Self { invitation: InvitationShape::new(&issued.invitation, now), token: Token(issued.token.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_room_shows_only_what_changed() {
        let everything = domain::RoomRevision {
            name: Some("Den".parse().expect("valid")),
            topic: Some("Soup".parse().expect("valid")),
            locked: Some(false),
            owner_id: Some("bo-b".parse().expect("valid")),
            password: Some(Withheld),
        };
        let shown = |revision| json!(RoomChangeShape::from(&revision));
        assert_eq!(
            shown(everything),
            json!({"name": "Den", "topic": "Soup", "locked": false, "ownerId": "bo-b", "passwordChanged": true})
        );
        assert_eq!(shown(domain::RoomRevision::default()), json!({}));
        let removed = domain::RoomRevision { topic: Some(domain::Topic::default()), ..Default::default() };
        assert_eq!(shown(removed), json!({"topic": ""}));
    }
}
