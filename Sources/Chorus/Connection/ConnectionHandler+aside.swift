import NIOCore

extension ConnectionHandler {
    /// What a connection has only now and then: it is made when there is something, and let go when there is nothing.
    final class Aside {
        var stash: ByteBuffer?
        var question: HookCall?
        var closeReason: CloseReason?
        var countedAddress: String?
        var expiry: Expiry?
        var clientAddress: String?
        var lingeringBytes = 0

        var isEmpty: Bool {
            stash == nil && question == nil && closeReason == nil && countedAddress == nil && expiry == nil
                && clientAddress == nil && lingeringBytes == 0
        }
    }

    /// Bytes that came in and have not been looked at.
    var stash: ByteBuffer? {
        get { aside?.stash }
        set { setAside(newValue != nil) { $0.stash = newValue } }
    }

    /// What the program is being asked.
    var question: HookCall? {
        get { aside?.question }
        set { setAside(newValue != nil) { $0.question = newValue } }
    }

    /// Why the connection ends, if that is known before it has ended.
    var closeReason: CloseReason? {
        get { aside?.closeReason }
        set { setAside(newValue != nil) { $0.closeReason = newValue } }
    }

    /// The address that the limiter has counted this connection for.
    var countedAddress: String? {
        get { aside?.countedAddress }
        set { setAside(newValue != nil) { $0.countedAddress = newValue } }
    }

    /// When the token runs out with which it was opened.
    var expiry: Expiry? {
        get { aside?.expiry }
        set { setAside(newValue != nil) { $0.expiry = newValue } }
    }

    /// The client's address as a trusted proxy says it, for those who list connections; `nil` where there is none.
    var clientAddress: String? {
        get { aside?.clientAddress }
        set { setAside(newValue != nil) { $0.clientAddress = newValue } }
    }

    /// What is reserved of the memory budget for what a client had sent before it hung up; 0 unless it has.
    var lingeringBytes: Int {
        get { aside?.lingeringBytes ?? 0 }
        set { setAside(newValue > 0) { $0.lingeringBytes = newValue } }
    }

    /// Adds to what is stashed, where it lies.
    func keep(_ bytes: ByteBuffer) {
        if aside?.stash == nil { stash = bytes } else { aside?.stash?.writeImmutableBuffer(bytes) }
    }

    /// - Parameter isSomething: whether there is anything to be had afterwards.
    private func setAside(_ isSomething: Bool, _ change: (Aside) -> Void) {
        guard isSomething || aside != nil else { return }
        let aside = aside ?? Aside()
        change(aside)
        self.aside = aside.isEmpty ? nil : aside
    }
}
