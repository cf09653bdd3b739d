extension DeflateParameters {
    /// The name under which RFC 7692 is registered.
    static let extensionName = "permessage-deflate"

    /// A server's choice from one offer; nil to decline it (RFC 7692 section 7.1).
    ///
    /// Both `no_context_takeover` parameters can be agreed to whether they were offered or not. The window of the
    /// client is left alone, because the inflater has the largest one anyway.
    init?(offer: ExtensionOffer) {
        guard let parsed = Parsed(offer), parsed.serverWindow != .anySize else { return nil }
        self.init(serverWindowBits: parsed.serverWindow.limit)
    }

    /// What a client has to do with the answer of a server; nil when the answer is not one to what was offered, and
    /// the connection has to fail (RFC 7692 section 7.1).
    init?(answer: ExtensionOffer) {
        guard let parsed = Parsed(answer), parsed.serverTakesNoContext else { return nil }
        guard parsed.serverWindow != .anySize, parsed.clientWindow != .anySize else { return nil }
        self.init(serverWindowBits: parsed.serverWindow.limit, clientWindowBits: parsed.clientWindow.limit)
    }

    /// What a client offers.
    static let offerValue =
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits"

    /// What a server answers.
    var answerValue: String {
        let value = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        return serverWindowBits < 15 ? value + "; server_max_window_bits=\(serverWindowBits)" : value
    }
}
