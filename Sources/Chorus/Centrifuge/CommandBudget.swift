package import NIOCore

/// How many commands a client may still send: a store that fills evenly with time, up to a burst.
///
/// What is beyond it is refused, and costs from a second store of the same size: who goes on at twice the rate and more
/// has used that up as well, after a while.
package struct CommandBudget {
    package enum Verdict: Equatable {
        case within
        /// The command is not carried out.
        case beyond
        /// The client does not heed refusals.
        case farBeyond
    }

    /// When either store will be full again.
    private var carriedOut = NIODeadline.distantPast
    private var refused = NIODeadline.distantPast

    package init() {}

    /// Takes one command into account.
    ///
    /// - Parameters:
    ///   - rate: commands a second; it is at least 1.
    ///   - burst: commands at once.
    package mutating func spend(at now: NIODeadline, rate: Int, burst: Int) -> Verdict {
        let price = TimeAmount.nanoseconds(1_000_000_000 / Int64(rate))
        let size = price * burst
        if CommandBudget.spend(price, from: &carriedOut, of: size, at: now) { return .within }
        return CommandBudget.spend(price, from: &refused, of: size, at: now) ? .beyond : .farBeyond
    }

    private static func spend(
        _ price: TimeAmount,
        from full: inout NIODeadline,
        of size: TimeAmount,
        at now: NIODeadline
    ) -> Bool {
        let after = max(full, now) + price
        guard after - now <= size else { return false }
        full = after
        return true
    }
}
