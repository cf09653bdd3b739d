import ChorusCommand
import Testing

@Suite("The pace of the bench's publishers")
struct BenchPaceTests {
    private func pace(publisher: Int = 0, _ change: (inout BenchOptions) -> Void) -> BenchPace {
        var options = BenchOptions()
        change(&options)
        return BenchPace(options, publisher: publisher)
    }

    @Test("without a rate so many messages are on their way, and another one when one has arrived")
    func window() {
        var pace = pace { $0.inFlight = 2 }
        pace.begin(4, at: 1_000)
        #expect(pace.next(at: 1_000)?.number == 1)
        #expect(pace.next(at: 1_010)?.time == 1_010)
        #expect(pace.next(at: 2_000) == nil)
        pace.acknowledge(1)
        #expect(pace.next(at: 2_000)?.number == 3)
        #expect(pace.next(at: 2_000) == nil)
        pace.acknowledge(3)
        // what arrives late changes nothing
        pace.acknowledge(2)
        #expect(pace.next(at: 2_000)?.number == 4)
        #expect(pace.isDone)
        #expect(pace.next(at: 2_000) == nil)
        #expect(pace.overdue(at: .max) == 0)
    }

    @Test("at a rate a message has the time at which it was due, however late it is sent")
    func rate() {
        var pace = pace { $0.rate = 1_000 }
        pace.begin(5, at: 10)
        #expect(pace.next(at: 10)?.time == 10)
        #expect(pace.next(at: 11) == nil)
        #expect(pace.due == 1_000_010)
        let late: UInt64 = 3_500_000
        #expect(pace.overdue(at: late) == 3)
        #expect(pace.next(at: late)?.time == 1_000_010)
        #expect(pace.next(at: late)?.time == 2_000_010)
        #expect(pace.overdue(at: late) == 1)
        #expect(pace.next(at: late)?.time == 3_000_010)
        #expect(pace.next(at: late) == nil)
        #expect(pace.overdue(at: late) == 0)
        // at most as many as there are
        #expect(pace.overdue(at: 1_000_000_000) == 1)
    }

    @Test("what was sent when it was due is not overdue, also where an interval is not a whole number of nanoseconds")
    func fractions() {
        for rate in [3.0, 7, 30, 600, 999.9] {
            var pace = pace { $0.rate = rate }
            pace.begin(1_000, at: 12_345)
            for _ in 0..<999 {
                let due = pace.due ?? 0
                #expect(pace.next(at: due) != nil)
                #expect(pace.overdue(at: due) == 0)
            }
        }
    }

    @Test("a message that was not taken is the next one again, also when another phase has begun")
    func takeBack() {
        var pace = pace { $0.rate = 1_000 }
        pace.begin(3, at: 0)
        #expect(pace.next(at: 1_000_000)?.number == 1)
        #expect(pace.next(at: 1_000_000)?.number == 2)
        pace.takeBack()
        #expect(pace.overdue(at: 1_000_000) == 1)
        #expect(pace.next(at: 1_000_000)?.number == 2)
        pace.takeBack()
        pace.begin(2, at: 5_000_000)
        #expect(pace.next(at: 5_000_000)?.number == 2)
        #expect(pace.next(at: 6_000_000)?.number == 3)
        #expect(pace.isDone)
        pace.begin(1, at: 7_000_000)
        pace.takeBack()
        #expect(pace.next(at: 7_000_000)?.number == 3)
        #expect(pace.overdue(at: 8_000_000) == 1)
        #expect(pace.next(at: 8_000_000)?.number == 4)
        #expect(pace.isDone)
    }

    @Test("publishers take turns, in each phase from its begin")
    func turns() {
        for index in 0..<4 {
            var pace = pace(publisher: index) { options in
                options.rate = 1_000
                options.publishers = 4
                options.connections = 4
            }
            for begin: UInt64 in [0, 100_000_000] {
                pace.begin(2, at: begin)
                let turn = begin + UInt64(index) * 1_000_000
                #expect(pace.due == turn)
                #expect(pace.overdue(at: max(turn, 1) - 1) == 0)
                #expect(pace.overdue(at: turn + 1) == 1)
                #expect(pace.next(at: turn)?.time == turn)
                #expect(pace.due == turn + 4_000_000)
                #expect(pace.next(at: turn + 4_000_000) != nil)
                #expect(pace.isDone)
            }
            #expect(pace.sent == 4)
        }
    }

    @Test("without an end it goes on, and nothing at all is nothing")
    func ends() {
        var pace = pace { $0.inFlight = 1_000 }
        pace.begin(.max, at: 0)
        for number in 1...1_000 { #expect(pace.next(at: 0)?.number == UInt64(number)) }
        #expect(!pace.isDone)
        pace.begin(0, at: 0)
        #expect(pace.isDone)
    }
}
