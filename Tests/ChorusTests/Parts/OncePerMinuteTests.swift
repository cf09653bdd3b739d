import Chorus
import NIOCore
import Testing

@Suite("A line that is logged once a minute")
struct OncePerMinuteTests {
    @Test("is written at first, and again a minute after the last time")
    func minutes() {
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        var line = OncePerMinute()
        let seconds: [Int64] = [0, 1, 59, 60, 61, 119, 120, 500, 501, 559, 560]
        let written = seconds.filter { line.allows(at: start + .seconds($0)) }
        #expect(written == [0, 60, 120, 500, 560])
    }
}
