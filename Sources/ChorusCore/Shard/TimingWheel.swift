package import NIOCore

/// Something that has a deadline. It stands in at most one wheel, which keeps its place here.
package protocol Timed: AnyObject {
    /// Where the wheel keeps it; -1 while it is in none. The wheel alone writes these.
    var wheelSlot: Int32 { get set }
    /// Its place within the slot.
    var wheelIndex: Int32 { get set }

    /// The deadline has come. The entry is no longer in the wheel.
    func deadlineReached(now: NIODeadline)
}

/// The deadlines of all sessions of a shard, with one timer for all: setting and cancelling are O(1).
///
/// A deadline fires up to one tick late and never early. The timer runs only while there are entries.
package final class TimingWheel {
    private var slots: [ContiguousArray<Entry>]
    private let executor: any ShardExecutor
    private let tick: TimeAmount
    private var count = 0
    private var position = 0
    /// The time of `position`.
    private var time = NIODeadline.uptimeNanoseconds(0)
    private var isRunning = false

    private struct Entry {
        let timed: any Timed
        let deadline: NIODeadline
    }

    /// Makes a wheel; deadlines further away than `slots` ticks go around more than once.
    package init(executor: any ShardExecutor, tick: TimeAmount = .milliseconds(100), slots: Int = 512) {
        self.executor = executor
        self.tick = tick
        self.slots = Array(repeating: [], count: slots)
    }

    /// Calls `timed` after `delay`; replaces the deadline that it has.
    package func set(_ timed: any Timed, after delay: TimeAmount) {
        cancel(timed)
        let now = executor.now
        if count == 0 { time = now }
        place(Entry(timed: timed, deadline: now + delay))
        start()
    }

    /// Forgets the deadline of `timed`, if it has one.
    package func cancel(_ timed: any Timed) {
        guard timed.wheelSlot >= 0 else { return }
        let slot = Int(timed.wheelSlot)
        let index = Int(timed.wheelIndex)
        timed.wheelSlot = -1
        count -= 1
        let last = slots[slot].removeLast()
        if index < slots[slot].count {
            slots[slot][index] = last
            last.timed.wheelIndex = Int32(index)
        }
    }

    private func place(_ entry: Entry) {
        let distance = max(0, (entry.deadline - time).nanoseconds)
        let ticks = min(Int64(slots.count - 1), distance / tick.nanoseconds + 1)
        let slot = (position + Int(ticks)) % slots.count
        entry.timed.wheelSlot = Int32(slot)
        entry.timed.wheelIndex = Int32(slots[slot].count)
        slots[slot].append(entry)
        count += 1
    }

    private func start() {
        guard !isRunning else { return }
        isRunning = true
        let wheel = Confined(self, to: executor)
        // from the wheel's time and not from now, so that it does not drift away from the ticks
        executor.schedule(after: time + tick - executor.now) { wheel.value.advance() }
    }

    private func advance() {
        let now = executor.now
        while count > 0, time + tick <= now {
            time = time + tick
            position = (position + 1) % slots.count
            fire(now: now)
        }
        isRunning = false
        if count > 0 { start() }
    }

    /// Takes entries one by one, since each may set or cancel others.
    private func fire(now: NIODeadline) {
        while let entry = slots[position].popLast() {
            entry.timed.wheelSlot = -1
            count -= 1
            if entry.deadline > now { place(entry) } else { entry.timed.deadlineReached(now: now) }
        }
    }
}
