/// What a subscription is doing that reads the past before it is live. Its cursor counts offsets meanwhile.
final class Recovery {
    private(set) var point: StartingPoint
    /// How many of the last messages are wanted where something is lost.
    private let orLast: Int
    /// The stream that the cursor is in; `nil` until the client was told where it begins.
    var epoch: UInt64?
    /// Its client has been told.
    var hasBegun: Bool { epoch != nil }
    /// The broker has been asked where the topic is, and what it keeps.
    var isInformed = false
    /// It waits for an answer, or for a pass.
    var isWaiting = false
    /// Behind which position the last messages that are wanted begin, once that is known.
    var start: Position?
    /// Something of what it asked for is lost, of which its client is to be told.
    private var hasLoss = false
    /// The page that it has waited for, until it is used.
    var page: HistoryShelf.Page?
    /// How often in a row the broker was asked whether the topic has come as far as the client says, and answered no,
    /// or not before the shard had delivered more.
    var questions = 0

    /// Who is present when it is live, if its session hears of itself.
    var arrival: Member?

    static let mostQuestions = 8

    init(_ point: StartingPoint) {
        self.point = point
        if case .since(_, let count) = point { orLast = count } else { orLast = 0 }
    }

    /// It reads the newest message of every key.
    var isLatest: Bool { point.isLatest }

    /// What it asked for is not kept any more. Returns whether it begins anew with the last messages instead.
    func fallsBack() -> Bool {
        guard orLast > 0 else { return false }
        point = .last(orLast)
        hasLoss = true
        epoch = nil
        page = nil
        start = nil
        return true
    }

    /// Returns whether its client is to be told of a loss, which it then is.
    func takeLoss() -> Bool {
        defer { hasLoss = false }
        return hasLoss
    }
}
