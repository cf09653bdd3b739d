import ChorusCore
import NIOCore
import Synchronization

/// A shard's thread: the caller's, while it runs what is waiting. Its clock stands still but for the pauses that it is
/// asked for, so that a run does the same every time. Allocates nothing itself.
final class SteppedThread: ShardExecutor {
    /// A function that is handed to generic code as such, an array for instance, is wrapped anew each time, and that
    /// is an allocation.
    private struct Work {
        let run: @Sendable () -> Void
    }

    private struct State: Sendable {
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var waiting: [Work] = []
        var later: [(due: NIODeadline, work: Work)] = []

        mutating func next(until end: NIODeadline) -> Work? {
            if !waiting.isEmpty { return waiting.removeFirst() }
            guard let index = later.indices.min(by: { later[$0].due < later[$1].due }), later[index].due <= end
            else { return nil }
            let (due, work) = later.remove(at: index)
            now = max(now, due)
            return work
        }
    }

    private let state = Mutex(State())

    func execute(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.waiting.append(Work(run: work)) } }

    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        state.withLock { $0.later.append(($0.now + delay, Work(run: work))) }
    }

    var now: NIODeadline { state.withLock { $0.now } }

    var isCurrent: Bool { true }

    /// Runs what is waiting, and what becomes due within `time`, of which nothing passes otherwise.
    func run(for time: TimeAmount = .milliseconds(1)) {
        let end = now + time
        while let work = state.withLock({ $0.next(until: end) }) { work.run() }
    }
}
