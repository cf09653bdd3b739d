import ChorusClient
import NIOCore

extension BenchRun {
    /// Waits until all connections are open. Throws what has kept one of them from it.
    func waitUntilOpen(_ loops: BenchLoops) async throws {
        let count = plan.options.connections
        var patience = Patience(limit: plan.options.openLimit)
        var ticker = ProgressTicker()
        while true {
            try await Task.sleep(for: Self.interval)
            let failure = try await loops.failure()
            let opened = try await loops.counters().opened
            if let failure { throw error(failure, opened) }
            if opened == count { return }
            if isInterrupted() {
                loops.execute { $0.stopOpening() }
                throw Interrupted()
            }
            let pause = plan.options.connectRate.map { 1 / $0 } ?? 0
            guard patience.holds(opened, pause: pause) else {
                let what = "no further connection was open after \(plan.options.openLimit) s"
                throw error(WebSocketClientError(.timedOut, what), opened)
            }
            if ticker.isDue { progress("\(Figure.grouped(opened)) of \(Figure.grouped(count)) connections are open") }
        }
    }

    private func error(_ error: any Error, _ opened: Int) -> any Error {
        let error = WebSocketClientError.connecting(to: "\(plan.urls[0])", error)
        guard opened > 0 else { return error }
        let before = "after \(Figure.grouped(opened)) of \(Figure.grouped(plan.options.connections)) connections: "
        return WebSocketClientError(error.code, before + error.message, cause: error.cause, response: error.response)
    }

    /// A server may let a connection in before it takes part, so messages that do not count are published first.
    /// Returns whether publishers receive what they publish.
    func waitUntilReady(_ loops: BenchLoops) async throws -> Bool {
        let options = plan.options
        // Over WebSocket the first publisher of each topic asks, and answers itself or not.
        let asking = plan.publishRequest == nil ? options.topics : 0
        let others = options.connections - asking
        var patience = Patience(limit: options.readyLimit)
        var ticker = ProgressTicker()
        // Soon at first, because most servers are ready; then more rarely, because each look is a message to everybody.
        var lookAgain = Duration.milliseconds(2)
        var othersSince: NIODeadline?
        var heard = 0
        var isBeingHeard = false
        while true {
            // While the last one still arrives, another one would only be more work for a server that has enough.
            if !isBeingHeard { loops.execute { $0.probe() } }
            try await Task.sleep(for: lookAgain)
            lookAgain = min(lookAgain * 2, .milliseconds(200))
            let counters = try await loops.counters()
            isBeingHeard = counters.hearing + counters.echoed > heard
            heard = counters.hearing + counters.echoed
            if let failure = try await loops.failure() { throw failure }
            if isInterrupted() { throw Interrupted() }
            guard counters.ended == 0 else { throw notRelayed("\(counters.ended) were closed") }
            if counters.hearing == others {
                if counters.echoed == asking { return true }
                let since = othersSince ?? .now()
                othersSince = since
                // Each topic has somebody else who would have received it, and nobody has received his own. An echo comes
                // with what the others get, so that half a second is ample, and not much to wait.
                let isOld = (NIODeadline.now() - since).seconds > 0.5
                if counters.echoed == 0, options.connections >= 2 * options.topics, isOld { return false }
            }
            guard patience.holds(heard) else { throw notRelayed("it relays to \(Figure.grouped(heard))") }
            if ticker.isDue { progress("\(Figure.grouped(heard)) connections receive") }
        }
    }

    private func notRelayed(_ why: String) -> any Error {
        let count = plan.options.connections
        return WebSocketClientError(
            .protocolError,
            "\(plan.urls[0]) does not relay what is published to its \(Figure.grouped(count)) clients: \(why)"
        )
    }
}
