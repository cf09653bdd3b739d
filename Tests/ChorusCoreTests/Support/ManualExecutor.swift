import ChorusCore
import NIOCore
import Synchronization

/// A shard's thread in a test: nothing runs until the test says so, and time passes only when it is told to.
final class ManualExecutor: ShardExecutor {
    private struct State: Sendable {
        var queue: [@Sendable () -> Void] = []
        var scheduled: [(due: NIODeadline, work: @Sendable () -> Void)] = []
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var step = TimeAmount.zero
        var isCurrent = false
        var isRunning = false
        var runCount = 0
    }

    private let state = Mutex(State())

    func execute(_ work: @escaping @Sendable () -> Void) {
        state.withLock { $0.queue.append(work) }
    }

    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        state.withLock { $0.scheduled.append(($0.now + delay, work)) }
    }

    /// Every look at the clock lets it advance by ``step``.
    var now: NIODeadline {
        state.withLock { state in
            state.now = state.now + state.step
            return state.now
        }
    }

    var isCurrent: Bool { state.withLock { $0.isCurrent } }

    /// How far the clock advances at every look.
    var step: TimeAmount {
        get { state.withLock { $0.step } }
        set { state.withLock { $0.step = newValue } }
    }

    /// How many pieces of work have been run.
    var runCount: Int { state.withLock { $0.runCount } }

    /// How many pieces of work wait to be run now, and later.
    var queued: Int { state.withLock { $0.queue.count } }
    var scheduled: Int { state.withLock { $0.scheduled.count } }
    /// Whether nothing is being run or waits to be.
    var isIdle: Bool { state.withLock { $0.queue.isEmpty && $0.scheduled.isEmpty && !$0.isRunning } }

    /// Does something as the shard's thread.
    @discardableResult
    func on<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = state.withLock { state in
            defer { state.isCurrent = true }
            return state.isCurrent
        }
        defer { state.withLock { $0.isCurrent = before } }
        return try body()
    }

    /// Runs the first piece of work that is queued; returns whether there was one.
    @discardableResult
    func runQueued() -> Bool {
        let work = state.withLock { state in
            state.runCount += state.queue.isEmpty ? 0 : 1
            return state.queue.isEmpty ? nil : state.queue.removeFirst()
        }
        guard let work else { return false }
        run(work)
        return true
    }

    /// Lets time pass; runs what becomes due, at its time, and what is queued before.
    func advance(by time: TimeAmount) {
        let end = state.withLock { $0.now + time }
        while true {
            while runQueued() {}
            guard let work = popScheduled(until: end) else { break }
            run(work)
        }
        state.withLock { $0.now = max($0.now, end) }
    }

    /// Runs one piece of work: the first that is queued, or else the next that is scheduled, whenever that is.
    @discardableResult
    func runNext() -> Bool {
        if runQueued() { return true }
        guard let work = popScheduled(until: .distantFuture) else { return false }
        run(work)
        return true
    }

    /// Runs everything, also what is scheduled for later. Returns whether it came to an end.
    @discardableResult
    func runUntilIdle(limit: Int = 100_000) -> Bool {
        for _ in 0..<limit where !runNext() { return true }
        return false
    }

    private func run(_ work: () -> Void) {
        state.withLock { $0.isRunning = true }
        on(work)
        state.withLock { $0.isRunning = false }
    }

    private func popScheduled(until end: NIODeadline) -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard let index = state.scheduled.indices.min(by: { state.scheduled[$0].due < state.scheduled[$1].due })
            else { return nil }
            let (due, work) = state.scheduled[index]
            guard due <= end else { return nil }
            state.scheduled.remove(at: index)
            state.now = max(state.now, due)
            state.runCount += 1
            return work
        }
    }
}
