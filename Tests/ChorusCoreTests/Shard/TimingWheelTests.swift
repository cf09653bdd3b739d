import ChorusCore
import NIOCore
import Testing

@Suite("Timing wheel")
struct TimingWheelTests {
    /// Notes when its deadline was reached.
    private final class Alarm: Timed {
        var wheelSlot: Int32 = -1
        var wheelIndex: Int32 = -1
        var reached: [NIODeadline] = []
        var onDeadline: ((NIODeadline) -> Void)?

        func deadlineReached(now: NIODeadline) {
            reached.append(now)
            onDeadline?(now)
        }
    }

    private let executor = ManualExecutor()
    private let tick = TimeAmount.milliseconds(100)
    private let wheel: TimingWheel

    init() { wheel = TimingWheel(executor: executor, tick: .milliseconds(100), slots: 16) }

    private func set(_ alarm: Alarm, after delay: TimeAmount) { executor.on { wheel.set(alarm, after: delay) } }

    @Test(
        "a deadline is never early and at most a tick late, however far away",
        arguments: [0, 1, 99, 100, 101, 250, 1499, 1500, 1501, 1600, 1601, 12_345, 1_000_000]
    )
    func single(_ milliseconds: Int64) {
        let alarm = Alarm()
        let due = executor.now + .milliseconds(milliseconds)
        set(alarm, after: .milliseconds(milliseconds))
        executor.advance(by: .milliseconds(milliseconds) - .nanoseconds(1))
        #expect(alarm.reached.isEmpty)
        executor.advance(by: tick + .nanoseconds(1))
        #expect(alarm.reached.count == 1)
        #expect(alarm.reached.allSatisfy { $0 >= due && $0 <= due + tick })
        #expect(alarm.wheelSlot == -1)
    }

    @Test("so it is for many at once, set at odd times, with some that are cancelled", arguments: 1...20)
    func many(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        var alarms: [(alarm: Alarm, due: NIODeadline)] = []
        var cancelled: [Alarm] = []
        for _ in 0..<300 {
            let alarm = Alarm()
            let delay = TimeAmount.microseconds(Int64(random.int(0...5_000_000)))
            alarms.append((alarm, executor.now + delay))
            set(alarm, after: delay)
            executor.advance(by: .microseconds(Int64(random.int(0...30_000))))
            guard random.chance(30), let index = alarms.indices.randomElement(using: &random) else { continue }
            let (other, _) = alarms[index]
            guard other.reached.isEmpty else { continue }
            executor.on { wheel.cancel(other) }
            cancelled.append(other)
            alarms.remove(at: index)
        }
        executor.advance(by: .seconds(6))
        for (alarm, due) in alarms {
            #expect(alarm.reached.count == 1)
            #expect(alarm.reached.allSatisfy { $0 >= due && $0 <= due + tick })
        }
        for alarm in cancelled { #expect(alarm.reached.isEmpty) }
    }

    @Test("a thread that comes late to its work does not make later deadlines late")
    func noDrift() {
        let alarm = Alarm()
        executor.step = .milliseconds(7)
        let due = executor.now + .seconds(60)
        set(alarm, after: .seconds(60))
        executor.advance(by: .seconds(62))
        // the clock itself runs 7 ms with every look, and a tick looks a few times
        #expect(alarm.reached.allSatisfy { $0 >= due && $0 <= due + tick + .milliseconds(40) })
        #expect(alarm.reached.count == 1)
    }

    @Test("setting again replaces the deadline")
    func replaced() {
        let alarm = Alarm()
        set(alarm, after: .milliseconds(150))
        set(alarm, after: .milliseconds(950))
        executor.advance(by: .milliseconds(900))
        #expect(alarm.reached.isEmpty)
        executor.advance(by: .milliseconds(200))
        #expect(alarm.reached.count == 1)
    }

    @Test("a callback may set its own deadline again")
    func periodic() {
        let alarm = Alarm()
        alarm.onDeadline = { [wheel, unowned alarm] _ in wheel.set(alarm, after: .milliseconds(500)) }
        set(alarm, after: .milliseconds(500))
        executor.advance(by: .seconds(10))
        #expect((16...20).contains(alarm.reached.count))
        for (one, next) in zip(alarm.reached, alarm.reached.dropFirst()) {
            #expect(next - one >= .milliseconds(500))
            #expect(next - one <= .milliseconds(600))
        }
    }

    @Test("a callback may set and cancel others, also those that are due at the same time")
    func others() {
        let alarms = (0..<10).map { _ in Alarm() }
        let late = Alarm()
        for alarm in alarms {
            alarm.onDeadline = { [wheel] _ in
                for other in alarms { wheel.cancel(other) }
                wheel.set(late, after: .milliseconds(300))
            }
            set(alarm, after: .milliseconds(50))
        }
        executor.advance(by: .milliseconds(200))
        #expect(alarms.reduce(0) { $0 + $1.reached.count } == 1)
        executor.advance(by: .milliseconds(500))
        #expect(late.reached.count == 1)
        for alarm in alarms { alarm.onDeadline = nil }
    }

    @Test("the timer runs only while there are deadlines")
    func noTimer() {
        #expect(executor.isIdle)
        let alarm = Alarm()
        set(alarm, after: .seconds(1))
        #expect(executor.scheduled == 1)
        executor.advance(by: .milliseconds(1100))
        #expect(alarm.reached.count == 1)
        #expect(executor.isIdle)
        set(alarm, after: .seconds(1))
        executor.on { wheel.cancel(alarm) }
        executor.advance(by: tick)
        #expect(executor.isIdle)
    }

    @Test("there is one timer, however many deadlines there are")
    func oneTimer() {
        let alarms = (0..<100).map { _ in Alarm() }
        for alarm in alarms { set(alarm, after: .seconds(1)) }
        #expect(executor.scheduled == 1)
        let runs = executor.runCount
        executor.advance(by: .milliseconds(1100))
        #expect(executor.runCount - runs <= 11)
        #expect(alarms.allSatisfy { $0.reached.count == 1 })
    }

    @Test("a deadline does not keep its object alive once it has come or was cancelled")
    func released() {
        var alarm: Alarm? = Alarm()
        weak let watched = alarm
        set(alarm!, after: .milliseconds(100))
        alarm = nil
        #expect(watched != nil)
        executor.advance(by: .milliseconds(200))
        #expect(watched == nil)
    }
}
