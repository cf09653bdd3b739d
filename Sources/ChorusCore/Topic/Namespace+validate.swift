import NIOCore

extension Namespace {
    /// Throws ``ChorusError/Code/invalidConfiguration`` when a value is out of bounds. What the initialisers take is
    /// not; what was set afterwards may be.
    func validate() throws(ChorusError) {
        let bounds: [(name: String, holds: Bool)] = [
            ("history.count is at least 1", history.map { $0.count >= 1 } ?? true),
            ("history.bytes is at least 1", history.map { $0.bytes >= 1 } ?? true),
            ("history.age is more than 0", history?.age.map { $0 > .zero } ?? true),
            ("history.latest is the namespace's own", history?.latest == nil),
            ("recoveryMode .latest goes with latest", recoveryMode != .latest || latest != nil),
            ("latest.keys is at least 1", latest.map { $0.keys >= 1 } ?? true),
            ("latest.bytes is at least 1", latest.map { $0.bytes >= 1 } ?? true),
            ("latest.age is more than 0", latest?.age.map { $0 > .zero } ?? true),
            ("presence.grace is at least 0", presence.grace >= .zero),
            ("presence.interval is at least 0", presence.interval >= .zero),
            ("presence.listLimit is 0 to 10,000", (0...PresenceOptions.mostListed).contains(presence.listLimit)),
            ("window.messages is at least 1", window.messages >= 1),
            ("window.bytes is at least 1", window.bytes >= 1),
            ("subscribers is not .subscribers", subscribers != .subscribers),
            ("messageSize is at least 1", messageSize.map { $0 >= 1 } ?? true),
        ]
        guard let broken = bounds.first(where: { !$0.holds }) else { return }
        throw ChorusError(.invalidConfiguration, "in namespace \"\(name)\": \(broken.name)")
    }
}
