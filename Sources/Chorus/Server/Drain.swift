import ChorusCore
import NIOCore

/// The end of a server's connections: what clients that have hung up had sent is published, then each client is told at
/// its own time, and what does not go in the end is closed. The program's handlers may finish as long; then they are
/// cancelled.
struct Drain {
    let core: ServerCore

    /// Clients are told at no less than this rate: a server with two clients stops at once, one with many takes the
    /// whole drain time, so that they do not all come back in one moment.
    private static let leastPerSecond = 100

    func run() async {
        let configuration = core.configuration
        let deadline = NIODeadline.now() + configuration.drainTime
        await waitForLastWords(until: .now() + configuration.drainTime / 2)
        let natural = TimeAmount.seconds(Int64(core.connectionCount)) / Drain.leastPerSecond
        let spread = min(deadline - .now(), natural)
        await core.forEachLoop { $0.drain(over: spread, deadline: deadline) }
        await wait(until: deadline + configuration.limits.closeTime)
        await core.forEachLoop { $0.closeAll() }
        core.handlers.cancelAll()
        await wait(until: NIODeadline.now() + .seconds(1))
    }

    /// What clients had sent before they hung up is published while the others are still there.
    private func waitForLastWords(until deadline: NIODeadline) async {
        while NIODeadline.now() < deadline {
            let counters = await core.counters()
            guard counters.values.contains(where: { $0.connections.lingering > 0 }), !Task.isCancelled else { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func wait(until deadline: NIODeadline) async {
        while core.connectionCount > 0 || core.handlers.count > 0, NIODeadline.now() < deadline {
            try? await Task.sleep(for: .milliseconds(10))
            if Task.isCancelled { return }
        }
    }
}

extension TimeAmount {
    fileprivate static func / (amount: TimeAmount, divisor: Int) -> TimeAmount {
        .nanoseconds(amount.nanoseconds / Int64(divisor))
    }
}
