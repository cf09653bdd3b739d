import ChorusCore
import NIOCore

extension MicroBenchmark {
    /// The timing wheel of a shard, in which every connection has its next deadline.
    static let deadlines = [
        MicroBenchmark("wheel: set and cancel, beside 1,000", allocations: 0) {
            (bench: BenchWheel(1000), one: BenchDeadline())
        } body: { state in
            state.bench.wheel.set(state.one, after: .seconds(25))
            precondition(state.one.wheelSlot == state.bench.lastSlot)
            state.bench.wheel.cancel(state.one)
            precondition(state.one.wheelSlot == -1)
        },
        MicroBenchmark("wheel: replace a deadline of 1,000", allocations: 0) {
            BenchWheel(1000)
        } body: { bench in
            let deadline = bench.next()
            bench.wheel.set(deadline, after: .seconds(25))
            precondition(deadline.wheelSlot == bench.lastSlot)
        },
        MicroBenchmark("wheel: let 1,000 deadlines come within a second", allocations: 0.06, perCall: 1000) {
            BenchWheel(1000)
        } body: { bench in
            bench.setAll(within: .seconds(1))
            bench.thread.run(for: .seconds(2))
            precondition(bench.reached == 1000)
        },
    ]
}

private final class BenchDeadline: Timed {
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1
    var isReached = false

    func deadlineReached(now: NIODeadline) { isReached = true }
}

private final class BenchWheel {
    let thread = SteppedThread()
    let wheel: TimingWheel
    /// Where a deadline in 25 seconds stands; all others come before.
    let lastSlot: Int32
    private let deadlines: [BenchDeadline]
    private var index = 0

    init(_ count: Int) {
        wheel = TimingWheel(executor: thread)
        let last = BenchDeadline()
        wheel.set(last, after: .seconds(25))
        lastSlot = last.wheelSlot
        wheel.cancel(last)
        deadlines = (0..<count).map { _ in BenchDeadline() }
        setAll(within: .seconds(25))
    }

    func setAll(within time: TimeAmount) {
        for (number, deadline) in deadlines.enumerated() {
            deadline.isReached = false
            wheel.set(deadline, after: .nanoseconds(time.nanoseconds * Int64(number) / Int64(deadlines.count)))
        }
    }

    func next() -> BenchDeadline {
        index = (index + 1) % deadlines.count
        return deadlines[index]
    }

    var reached: Int { deadlines.count { $0.isReached } }
}
