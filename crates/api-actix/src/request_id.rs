//! The id of the request that is being answered, for its log lines and its problem.

tokio::task_local! {
    static CURRENT: String;
}

/// The id, where a request is being answered.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Does the work as part of answering the request with this id.
pub(crate) async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// Takes the id along to a task of its own.
pub(crate) fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = current();
    async move {
        match id {
            Some(id) => scope(id, work).await,
            None => work.await,
        }
    }
}
