package import Chorus
package import JSONWire
import NIOCore

/// A well-formed JSON Web Token in compact form (RFC 7515 section 7.1, RFC 7519). Nothing in it is to be believed
/// before its signature has been checked.
package struct UncheckedToken: Sendable {
    /// The header (JOSE): an object.
    package let header: JSONValue
    /// The claims: an object.
    package let claims: JSONValue
    /// How it says that it is signed (`alg`).
    let algorithm: String
    /// The key that it names (`kid`).
    let keyID: String?
    /// What is signed.
    let signed: [UInt8]
    let signature: [UInt8]

    /// Throws ``TokenRefusal/Code/malformed``.
    package init(_ text: String, maximumSize: Int) throws(TokenRefusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumSize else {
            throw TokenRefusal(
                .malformed,
                "the token has \(bytes.count) bytes, and only \(maximumSize) are taken"
            )
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw TokenRefusal(.malformed, "this is no token: it has not three parts with points between them")
        }
        header = try UncheckedToken.object(parts[0], "header")
        claims = try UncheckedToken.object(parts[1], "claims")
        signature = try UncheckedToken.decoded(parts[2], "signature")
        signed = Array(bytes[..<parts[1].endIndex])
        guard let algorithm = header["alg"]?.string else {
            throw TokenRefusal(.malformed, "the token's header does not say how it is signed (alg)")
        }
        self.algorithm = algorithm
        let keyID = header["kid"]
        self.keyID = keyID?.string
        guard keyID == nil || self.keyID != nil else {
            throw TokenRefusal(.malformed, "the name of a key in the token's header (kid) is no string")
        }
        // what must be understood, and is not (RFC 7515 section 4.1.11)
        guard header["crit"] == nil else {
            throw TokenRefusal(.malformed, "the token's header asks for extensions (crit); there are none")
        }
    }

    /// Whether it is for one topic, and not for a connection.
    package var isSubscription: Bool { Claims(claims).has("channel") }

    private static func decoded(_ part: ArraySlice<UInt8>, _ name: String) throws(TokenRefusal) -> [UInt8] {
        guard let bytes = Base64URL.decode(part) else {
            throw TokenRefusal(.malformed, "this is no token: its \(name) is not in base64url")
        }
        return bytes
    }

    private static func object(_ part: ArraySlice<UInt8>, _ name: String) throws(TokenRefusal) -> JSONValue {
        let bytes = ByteBuffer(bytes: try decoded(part, name))
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(bytes)
        } catch {
            throw TokenRefusal(.malformed, "this is no token: its \(name): \(error)")
        }
        guard value.kind == .object else {
            throw TokenRefusal(.malformed, "this is no token: its \(name) is no JSON object")
        }
        return value
    }
}
