use super::*;
use crate::Standing;
use crate::rules::cast::*;

fn new_message() -> NewMessage {
    NewMessage {
        id: MessageId(uuid(7)),
        room_id: ROOM,
        sender_id: user(BO),
        client_message_id: "client id".parse().expect("a client message id"),
        body: body("hello"),
        reply_to: None,
        at: NOW,
    }
}

/// A reply to Ana's message.
fn new_reply() -> NewMessage {
    NewMessage { reply_to: Some(to_ana().message_id), ..new_message() }
}

fn to_ana() -> ReplyTo {
    ReplyTo { message_id: message_by(ANA).id, seq: message_by(ANA).seq }
}

fn facts(standing: Standing) -> PostFacts {
    PostFacts { standing, head_seq: Seq(4), earlier: None, original: None, members: Vec::new() }
}

fn earlier() -> EarlierPost {
    let message = Message { id: MessageId(uuid(6)), seq: Seq(2), sent_at: at(-5), ..message_by(BO) };
    EarlierPost { message, digest: Some(body("hello").digest()) }
}

/// The same, where the message reads otherwise.
fn earlier_with(change: impl FnOnce(&mut Message)) -> EarlierPost {
    let mut earlier = earlier();
    change(&mut earlier.message);
    earlier
}

/// The message in the room, written by one and now wanted by another.
fn wanted(actor: &str, author: &str) -> RoomFacts {
    RoomFacts { message: Some(message_by(author)), ..wanted_by(actor) }
}

fn deleted(actor: &str, author: &str) -> RoomFacts {
    let gone = Message { body: None, ..message_by(author) };
    RoomFacts { message: Some(gone), ..wanted_by(actor) }
}

#[test]
fn a_member_posts_at_the_next_place() {
    let posting = post(&facts(Standing::Member), &new_message()).expect("Bo sits there");
    let message = Message { id: MessageId(uuid(7)), seq: Seq(5), sent_at: NOW, ..message_by(BO) };
    assert_eq!(posting, Posting::New(message.clone()));
    assert_eq!(
        posted(message.clone()),
        Event {
            room_id: ROOM,
            seq: Seq(5),
            actor: user(BO),
            at: NOW,
            kind: EventKind::MessagePosted(message)
        }
    );
}

#[test]
fn only_members_post() {
    for (standing, denial) in [
        (Standing::Stranger, Denial::RoomNotFound),
        (Standing::Former, Denial::NotAMember),
        (Standing::OfClosedRoom, Denial::RoomClosed),
    ] {
        assert_eq!(post(&facts(standing), &new_message()), Err(denial));
    }
}

#[test]
fn a_retry_gets_the_first_result_whatever_has_happened_since() {
    for standing in [Standing::Member, Standing::Former, Standing::OfClosedRoom] {
        let facts = PostFacts { earlier: Some(earlier()), ..facts(standing) };
        assert_eq!(post(&facts, &new_message()), Ok(Posting::Repeated(earlier())));
    }
}

#[test]
fn a_retry_does_not_bring_a_deleted_message_back() {
    let gone = EarlierPost { digest: None, ..earlier() };
    let facts = PostFacts { earlier: Some(gone.clone()), ..facts(Standing::Member) };
    assert_eq!(post(&facts, &new_message()), Ok(Posting::Repeated(gone)));
}

#[test]
fn a_client_id_names_one_message() {
    let other_body = EarlierPost { digest: Some(body("hello!").digest()), ..earlier() };
    let other_room = earlier_with(|message| message.room_id = RoomId(uuid(99)));
    let reply = earlier_with(|message| message.reply_to = Some(to_ana()));
    let deleted_reply = EarlierPost { digest: None, ..reply.clone() };
    for earlier in [other_body, other_room, reply, deleted_reply] {
        let facts = PostFacts { earlier: Some(earlier), ..facts(Standing::Member) };
        assert_eq!(post(&facts, &new_message()), Err(Denial::ClientMessageIdConflict));
    }
}

#[test]
fn a_member_replies_to_a_message_of_the_room() {
    let facts = PostFacts { original: Some(message_by(ANA)), ..facts(Standing::Member) };
    let Ok(Posting::New(message)) = post(&facts, &new_reply()) else { panic!("Bo sits there") };
    assert_eq!(message.reply_to, Some(to_ana()));
}

#[test]
fn nobody_replies_to_a_message_that_is_not_there() {
    let gone = Message { body: None, ..message_by(ANA) };
    for original in [None, Some(gone)] {
        let replying =
            |standing| post(&PostFacts { original: original.clone(), ..facts(standing) }, &new_reply());
        assert_eq!(replying(Standing::Member), Err(Denial::MessageNotFound));
        assert_eq!(
            replying(Standing::Former),
            Err(Denial::NotAMember),
            "what is there is told to members only"
        );
    }
}

#[test]
fn a_reply_is_repeated_also_when_the_other_message_is_deleted() {
    let earlier = earlier_with(|message| message.reply_to = Some(to_ana()));
    let facts = PostFacts { earlier: Some(earlier.clone()), ..facts(Standing::Member) };
    assert_eq!(post(&facts, &new_reply()), Ok(Posting::Repeated(earlier)));
}

#[test]
fn an_edit_and_a_deletion_leave_what_a_message_replies_to() {
    let mut facts = wanted(BO, BO);
    let reply_to = Some(ReplyTo { message_id: MessageId(uuid(9)), seq: Seq(2) });
    facts.message = facts.message.map(|message| Message { reply_to, ..message });
    let edited = edit(&facts, &body("hello, all"), NOW).expect("Bo wrote it");
    let deleted = delete(&facts, NOW).expect("Bo wrote it");
    for changes in [edited, deleted] {
        let (message, _) = outcome(&facts, &changes).expect("it is there");
        assert_eq!(message.reply_to, reply_to);
    }
}

#[test]
fn an_author_edits() {
    let changes = edit(&wanted(BO, BO), &body("hello, all"), NOW).expect("Bo wrote it");
    let edited =
        Message { body: Some(body("hello, all")), revision: 1, edited_at: Some(NOW), ..message_by(BO) };
    let event = Event {
        room_id: ROOM,
        seq: Seq(5),
        actor: user(BO),
        at: NOW,
        kind: EventKind::MessageEdited(edited.clone()),
    };
    assert_eq!(
        changes,
        [
            RoomChange::ReviseMessage {
                seq: Seq(4),
                body: body("hello, all"),
                mentions: Mentions::default(),
                revision: 1,
                at: NOW
            },
            RoomChange::Append(event),
        ]
    );
    assert_eq!(outcome(&wanted(BO, BO), &changes), Some((edited, Seq(5))));
}

#[test]
fn each_edit_counts() {
    let mut facts = wanted(BO, BO);
    facts.message = facts.message.map(|message| Message { revision: 7, ..message });
    let changes = edit(&facts, &body("again"), NOW).expect("Bo wrote it");
    assert!(matches!(changes[0], RoomChange::ReviseMessage { revision: 8, .. }));
}

#[test]
fn an_edit_that_changes_nothing_is_none() {
    let facts = wanted(BO, BO);
    assert_eq!(edit(&facts, &body("hello"), NOW), Ok(Vec::new()));
    assert_eq!(outcome(&facts, &[]), Some((message_by(BO), Seq(4))));
}

#[test]
fn nobody_edits_what_another_wrote() {
    assert_eq!(edit(&wanted(CY, BO), &body("x"), NOW), Err(Denial::AuthorOnly));
    assert_eq!(edit(&wanted(ANA, BO), &body("x"), NOW), Err(Denial::AuthorOnly), "not even the owner");
}

#[test]
fn an_author_and_the_owner_delete() {
    for actor in [BO, ANA] {
        let changes = delete(&wanted(actor, BO), NOW).expect("they may");
        let gone = Message { body: None, ..message_by(BO) };
        let event = Event {
            room_id: ROOM,
            seq: Seq(5),
            actor: user(actor),
            at: NOW,
            kind: EventKind::MessageDeleted(gone.clone()),
        };
        assert_eq!(changes, [RoomChange::EraseMessage { seq: Seq(4) }, RoomChange::Append(event)]);
        assert_eq!(outcome(&wanted(actor, BO), &changes), Some((gone, Seq(5))));
    }
    assert_eq!(delete(&wanted(CY, BO), NOW), Err(Denial::AuthorOnly));
}

/// Bo's message with this text, wanted by himself.
fn saying(text: &str) -> RoomFacts {
    let mut facts = wanted(BO, BO);
    let members: Vec<_> = facts.seats.iter().map(|seat| seat.user_id.clone()).collect();
    let mentions = Mentions::of(text, &user(BO), &members);
    facts.message = facts.message.map(|message| Message { body: Some(body(text)), mentions, ..message });
    facts
}

/// How the mentions are counted again.
fn counted_again(changes: &[RoomChange]) -> Vec<(String, bool)> {
    let of = changes.iter().find_map(|change| match change {
        RoomChange::RecountMentions { of, .. } => Some(of.clone()),
        _ => None,
    });
    of.unwrap_or_default().into_iter().map(|(user_id, now)| (user_id.to_string(), now)).collect()
}

#[test]
fn a_message_mentions_the_members_that_its_text_names() {
    let members = [ANA, BO, CY].map(user).to_vec();
    let text = body(&format!("@{CY} and @{DI} and @{BO}, @everyone"));
    let new = NewMessage { body: text, ..new_message() };
    let facts = PostFacts { members, ..facts(Standing::Member) };
    let Ok(Posting::New(message)) = post(&facts, &new) else { panic!("Bo sits there") };
    assert_eq!(message.mentions, Mentions { user_ids: vec![user(CY)], everyone: true });
}

#[test]
fn an_edit_counts_those_again_who_are_mentioned_now_or_no_more() {
    let everyone = format!("@{CY} @everyone");
    let (to_cy, to_ana) = (format!("@{CY}"), format!("@{ANA}"));
    let is = |id: &str, now| (id.to_owned(), now);
    for (before, after, expected) in [
        ("hello", "hello, all", vec![]),
        ("hello", &to_cy, vec![is(CY, true)]),
        (&to_cy, "hello", vec![is(CY, false)]),
        (&to_cy, &to_ana, vec![is(ANA, true), is(CY, false)]),
        (&to_cy, &everyone, vec![is(ANA, true)]),
        (&everyone, &to_cy, vec![is(ANA, false)]),
    ] {
        let facts = saying(before);
        let changes = edit(&facts, &body(after), NOW).expect("Bo wrote it");
        assert_eq!(counted_again(&changes), expected, "{before:?} becomes {after:?}");
        assert!(matches!(changes.last(), Some(RoomChange::Append(_))));
    }
    let deletion = delete(&saying(&everyone), NOW).expect("Bo wrote it");
    assert_eq!(counted_again(&deletion), [is(ANA, false), is(CY, false)]);
    let (deleted, _) = outcome(&saying(&everyone), &deletion).expect("it is there");
    assert_eq!(deleted.mentions, Mentions::default());
}

#[test]
fn deleting_a_message_removes_its_reactions() {
    let mut facts = wanted(BO, BO);
    let reactions = Reactions::default().with(&"👍".parse().expect("an emoji"), &user(CY));
    facts.message = facts.message.map(|message| Message { reactions: reactions.clone(), ..message });
    let (edited, _) =
        outcome(&facts, &edit(&facts, &body("hello, all"), NOW).expect("Bo wrote it")).expect("there");
    assert_eq!(edited.reactions, reactions);
    let (deleted, _) = outcome(&facts, &delete(&facts, NOW).expect("Bo wrote it")).expect("there");
    assert_eq!(deleted.reactions, Reactions::default());
}

#[test]
fn a_deleted_message_stays_deleted() {
    assert_eq!(delete(&deleted(BO, BO), NOW), Ok(Vec::new()));
    assert_eq!(delete(&deleted(CY, BO), NOW), Err(Denial::AuthorOnly));
    assert_eq!(edit(&deleted(BO, BO), &body("back"), NOW), Err(Denial::MessageNotFound));
}

#[test]
fn an_unknown_message_is_not_found() {
    let facts = wanted_by(BO);
    assert_eq!(edit(&facts, &body("x"), NOW), Err(Denial::MessageNotFound));
    assert_eq!(delete(&facts, NOW), Err(Denial::MessageNotFound));
    assert_eq!(outcome(&facts, &[]), None);
}

#[test]
fn an_author_who_sits_there_no_longer_changes_nothing() {
    let mut facts = wanted(BO, BO);
    vacate(&mut facts, BO);
    assert_eq!(edit(&facts, &body("x"), NOW), Err(Denial::NotAMember));
    assert_eq!(delete(&facts, NOW), Err(Denial::NotAMember));
    shut(&mut facts);
    assert_eq!(edit(&facts, &body("x"), NOW), Err(Denial::RoomClosed));
    assert_eq!(delete(&wanted(DI, BO), NOW), Err(Denial::RoomNotFound));
}
