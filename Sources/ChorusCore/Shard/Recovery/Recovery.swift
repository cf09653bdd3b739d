/// What a subscription is doing that reads the past before it is live. Its cursor counts offsets meanwhile.
final class Recovery {
    let point: StartingPoint
    /// The stream that the cursor is in; `nil` until the client was told where it begins.
    var epoch: UInt64?
    /// The broker has been asked where the topic is, and what it keeps.
    var isInformed = false
    /// It waits for an answer, or for a pass.
    var isWaiting = false
    /// Where the last messages that are wanted begin, once that is known.
    var start: UInt64?
    /// The page that it has waited for, until it is used.
    var page: HistoryShelf.Page?
    /// How often in a row the broker was asked whether the topic has come as far as the client says, and answered no,
    /// or not before the shard had delivered more.
    var questions = 0

    static let mostQuestions = 8

    init(_ point: StartingPoint) { self.point = point }

    /// It reads the newest message of every key.
    var isLatest: Bool { point == .latest }
}
