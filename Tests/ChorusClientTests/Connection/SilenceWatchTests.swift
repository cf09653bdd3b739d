import ChorusClient
import NIOCore
import Testing

@Suite("The watch over a silent server")
struct SilenceWatchTests {
    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func makeWatch() -> SilenceWatch {
        SilenceWatch(WebSocketClientConfiguration.KeepAlive(), now: at(0))
    }

    @Test("pings after the interval and gives up after the timeout")
    func silence() {
        var watch = makeWatch()
        #expect(watch.look(at: at(0)) == .wait(until: at(25)))
        #expect(watch.look(at: at(24)) == .wait(until: at(25)))
        #expect(watch.look(at: at(25)) == .ping(until: at(35)))
        #expect(watch.look(at: at(35)) == .giveUp)
    }

    @Test("takes whatever arrives for a sign of life")
    func life() {
        var watch = makeWatch()
        watch.hear(at: at(20))
        #expect(watch.look(at: at(25)) == .wait(until: at(45)))
        #expect(watch.look(at: at(45)) == .ping(until: at(55)))
        watch.hear(at: at(50))
        #expect(watch.look(at: at(55)) == .wait(until: at(75)))
        #expect(watch.look(at: at(75)) == .ping(until: at(85)))
    }
}
