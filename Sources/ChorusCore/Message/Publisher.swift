import NIOCore

/// Who publishes, made once for all that one client publishes.
package final class Publisher: Hashable, Sendable {
    package let member: Member

    package init(_ member: Member) { self.member = member }

    /// About what it takes, as if nothing else of the same publisher were kept.
    var cost: Int {
        64 + member.id.utf8.count + (member.user?.utf8.count ?? 0) + (member.info?.readableBytes ?? 0)
            + (member.connectionInfo?.readableBytes ?? 0)
    }

    package static func == (a: Publisher, b: Publisher) -> Bool { a.member == b.member }

    package func hash(into hasher: inout Hasher) { hasher.combine(member) }
}
