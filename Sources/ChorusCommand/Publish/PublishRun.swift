import ChorusClient
import NIOCore

/// Publishes lines in their order: what has come while the server answered goes together.
struct PublishRun {
    private static let mostLines = 1000
    private static let mostBytes = 256 << 10
    /// The server knows for five minutes what it has accepted; later a repeat would be published again.
    private static let patience = Duration.seconds(300)

    let api: APIClient
    let encoder: LineEncoder
    let rate: Double?
    private var published = 0
    private var refused = 0
    private var hasBeenReached = false
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now

    init(api: APIClient, encoder: LineEncoder, rate: Double?) {
        self.api = api
        self.encoder = encoder
        self.rate = rate
    }

    mutating func publish(_ lines: LineQueue) async throws -> PublishOutcome {
        // a tenth of a second's worth at once
        let most = rate.map { max(1, min(PublishRun.mostLines, Int($0 / 10))) } ?? PublishRun.mostLines
        var next = started
        while let batch = await lines.take(most, bytes: PublishRun.mostBytes) {
            if let rate {
                next = max(next, .now - .milliseconds(100))
                try await Task.sleep(until: next)
                next += .seconds(Double(batch.count) / rate)
            }
            try await publish(batch)
            showProgress()
        }
        Console.clearProgress()
        guard refused > 0 else { return .done }
        Console.say("\(refused) of \(published + refused) lines were not published")
        return .failed(1)
    }

    private mutating func publish(_ lines: [LineQueue.Line]) async throws {
        var commands: [(number: Int, command: ByteBuffer)] = []
        for line in lines {
            do throws(LineEncoder.Problem) {
                if encoder.isJSON, line.text.readableBytesView.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                commands.append((line.number, try encoder.command(line.text, number: line.number)))
            } catch {
                refuse(line.number, error.description)
            }
        }
        while !commands.isEmpty {
            let replies = try await send(commands.map(\.command))
            for reply in replies {
                let (number, _) = commands.removeFirst()
                if let error = reply.error { refuse(number, error.message) } else { published += 1 }
            }
        }
    }

    /// Sends commands until the server has looked at some. Gives the replies of those, of which only the last may be an
    /// error, and none that passes.
    private mutating func send(_ commands: [ByteBuffer]) async throws -> [APIClient.Reply] {
        var backoff = Backoff()
        let giveUp = ContinuousClock.now + PublishRun.patience
        while true {
            let problem: String
            do throws(APIClient.Failure) {
                var replies = try await api.publish(commands)
                hasBeenReached = true
                guard let error = replies.last?.error, error.code == 100 else { return replies }
                // the server has more to do than it can: what it has accepted is accepted
                replies.removeLast()
                if !replies.isEmpty { return replies }
                problem = error.message
            } catch {
                guard error.isTemporary, hasBeenReached, .now < giveUp else { throw error }
                problem = error.message
            }
            guard .now < giveUp else { throw APIClient.Failure(message: problem, exit: Exit.unavailable) }
            let wait = backoff.next()
            Console.say("\(problem); next attempt in \(wait.rounded)")
            try await Task.sleep(for: wait)
        }
    }

    private mutating func refuse(_ line: Int, _ reason: String) {
        refused += 1
        Console.say("line \(line) is not published: \(reason)")
    }

    private mutating func showProgress() {
        guard Console.isWatched, shown + .milliseconds(200) < .now else { return }
        shown = .now
        let seconds = (shown - started) / .seconds(1)
        Console.progress("\(published) published, \(Int(Double(published) / seconds)) a second")
    }
}
