import ChorusDemo
import Foundation
import Testing

@Suite("The simulated notifications")
struct PostboxTests {
    private func notifications(_ count: Int, seed: UInt64) -> [(user: String, notification: Postbox.Notification)] {
        var postbox = Postbox(seed: seed)
        return (0..<count).map { _ in postbox.next() }
    }

    private func text(_ seed: UInt64) -> [String] {
        notifications(100, seed: seed).map { "\($0.user) \($0.notification.title) \($0.notification.text)" }
    }

    @Test("the same seed gives the same ones, another one others")
    func seed() {
        #expect(text(1) == text(1))
        #expect(text(1) != text(2))
    }

    @Test("everybody gets some, of every level, and they are not all the same", arguments: 0..<4 as Range<UInt64>)
    func variety(_ seed: UInt64) {
        let all = notifications(2000, seed: seed)
        #expect(Set(all.map(\.user)) == Set(Postbox.users))
        #expect(Set(all.map(\.notification.level)) == [.info, .success, .warning, .error])
        #expect(Set(all.map(\.notification.title)).count > 100)
        #expect(all.allSatisfy { !$0.notification.title.isEmpty && $0.notification.text.hasSuffix(".") })
        // as often for one as for another
        for user in Postbox.users { #expect(all.filter { $0.user == user }.count > 500) }
    }

    @Test("as JSON one is title, text and level")
    func json() throws {
        let notification = notifications(1, seed: 1)[0].notification
        let fields = try JSONDecoder().decode([String: String].self, from: JSONEncoder().encode(notification))
        let level = notification.level.rawValue
        #expect(fields == ["title": notification.title, "text": notification.text, "level": level])
    }
}
