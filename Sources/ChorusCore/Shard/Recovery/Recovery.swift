/// What a subscription is doing that reads the past before it is live. Its cursor counts offsets meanwhile.
final class Recovery {
    private(set) var point: StartingPoint
    /// The stream that the cursor is in; `nil` until the client was told where it begins.
    var epoch: UInt64?
    /// The broker has been asked where the topic is, and what it keeps.
    var isInformed = false
    /// It waits for an answer, or for a pass.
    var isWaiting = false
    /// Where the last messages that are wanted begin, once that is known.
    var start: UInt64?
    /// What it asked for is lost, of which it has had everything up to `seen`; its client is to be told of that.
    private(set) var loss: (epoch: UInt64?, seen: UInt64)?
    /// The page that it has waited for, until it is used.
    var page: HistoryShelf.Page?
    /// How often in a row the broker was asked whether the topic has come as far as the client says, and answered no,
    /// or not before the shard had delivered more.
    var questions = 0

    static let mostQuestions = 8

    init(_ point: StartingPoint) { self.point = point }

    /// It reads the newest message of every key.
    var isLatest: Bool { point == .latest }

    /// What it asked for is not kept any more. Returns whether it begins anew with the last messages instead.
    ///
    /// - Parameter cursor: what its client has, in the stream that it was told of.
    func fallsBack(cursor: UInt64) -> Bool {
        guard case .since(_, let count) = point, count > 0 else { return false }
        point = .last(count)
        loss = (epoch, cursor)
        epoch = nil
        page = nil
        return true
    }

    /// Returns whether its client is to be told of a loss, which it then is.
    func takeLoss() -> Bool {
        defer { loss = nil }
        return loss != nil
    }
}
