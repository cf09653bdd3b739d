/// One element of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1): `permessage-deflate; client_max_window_bits`.
struct ExtensionOffer: Equatable {
    struct Parameter: Equatable {
        var name: String
        /// Without its quotes.
        var value: String?
    }

    var name: String
    var parameters: [Parameter] = []

    /// Parses all fields of that name, which are one list. Nil when they do not follow the grammar; the connection
    /// must then fail.
    static func parse(_ values: [String]) -> [ExtensionOffer]? {
        var offers: [ExtensionOffer] = []
        for value in values {
            var cursor = TokenCursor(value)
            while !cursor.isAtEnd {
                // Empty elements of a list mean nothing (RFC 9110 section 5.6.1).
                if cursor.skip(",") { continue }
                guard let offer = parseOne(&cursor), cursor.isAtEnd || cursor.skip(",") else { return nil }
                offers.append(offer)
            }
        }
        return offers
    }

    private static func parseOne(_ cursor: inout TokenCursor) -> ExtensionOffer? {
        guard let name = cursor.token() else { return nil }
        var offer = ExtensionOffer(name: name)
        while cursor.skip(";") {
            guard let name = cursor.token() else { return nil }
            var parameter = Parameter(name: name)
            if cursor.skip("=") {
                guard let value = cursor.token() ?? cursor.quotedToken() else { return nil }
                parameter.value = value
            }
            offer.parameters.append(parameter)
        }
        return offer
    }
}
