import ChorusClient
import NIOCore

/// Sends commands until the server has looked at them, through lost connections and times at which it has too much to do.
struct BatchSender {
    /// Well below the five minutes for which a server knows what it has accepted: later a repeat would be published again.
    static let longestPatience = Duration.seconds(200)

    let api: APIClient
    let patience: Duration
    /// Somebody has answered.
    private var hasBeenReached = false
    /// The most commands at once: fewer where the server takes fewer, or refuses some.
    private(set) var most = BatchSender.mostCommands

    static let mostCommands = 1000

    init(api: APIClient, patience: Duration = BatchSender.longestPatience) {
        self.api = api
        self.patience = patience
    }

    /// Sends some of the commands, from the first on. Gives the replies of those that were looked at, of which only the
    /// last may be an error, and none that passes.
    mutating func send(_ commands: [ByteBuffer]) async throws -> [APIClient.Reply] {
        var backoff = Backoff()
        let giveUp = ContinuousClock.now + patience
        while true {
            let problem: APIClient.Failure
            do throws(APIClient.Failure) {
                var replies = try await api.publish(Array(commands.prefix(most)))
                hasBeenReached = true
                guard let error = replies.last?.error else {
                    most = min(BatchSender.mostCommands, most * 2)
                    return replies
                }
                guard error.code == 100 else {
                    // those behind it are sent again, and are not to be sent again and again
                    most = max(1, most / 8)
                    return replies
                }
                // the server has more to do than it can: what it has accepted is accepted
                replies.removeLast()
                if !replies.isEmpty { return replies }
                problem = APIClient.Failure(message: error.message, exit: Exit.unavailable)
            } catch {
                hasBeenReached = hasBeenReached || !error.isNobody
                if error.isTooLarge {
                    guard min(most, commands.count) > 1 else {
                        return [APIClient.Reply(error: (107, error.message))]
                    }
                    most = min(most, commands.count) / 2
                    continue
                }
                guard error.isTemporary, hasBeenReached else { throw error }
                problem = error
            }
            guard .now < giveUp else { throw problem }
            let wait = backoff.next()
            Console.say("\(problem.message); next attempt in \(wait.rounded)")
            try await Task.sleep(for: wait)
        }
    }
}
