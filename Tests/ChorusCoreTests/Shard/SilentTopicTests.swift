import ChorusCore
import Testing

@Suite("A topic in which nothing is published")
struct SilentTopicTests {
    private struct Weak {
        weak var session: Session?
    }

    @Test("who leaves it is let go of, also where differences are agreed on")
    func silence() throws {
        let test = TestHub()
        let stays = test.client("room")
        var gone: [Weak] = []
        for _ in 0..<200 {
            let client = test.client()
            gone.append(Weak(session: client.session))
            test.executor.on {
                client.session?.subscribe(to: test.reference("room"), variant: 1)
                client.session?.close()
                client.session = nil
            }
        }
        test.executor.runUntilIdle()
        // those of the last few are kept for a while, so that leaving costs the same however many they are
        #expect(gone.count { $0.session != nil } < 40)
        withExtendedLifetime(stays) {}
    }
}
