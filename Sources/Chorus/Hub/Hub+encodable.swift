public import ChorusCore
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension Message {
    /// Makes a message from a value, as JSON with sorted keys. Throws ``ChorusError/Code/notEncodable`` when the value
    /// cannot be encoded.
    public init(json value: some Encodable, key: String? = nil, tags: [String: String] = [:]) throws(ChorusError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            self.init(.json, ByteBuffer(bytes: try encoder.encode(value)), key: key, tags: tags)
        } catch {
            throw ChorusError(.notEncodable, "a \(type(of: value)) cannot be encoded as JSON", cause: error)
        }
    }
}

extension Hub {
    /// Publishes a value as JSON. Waits and throws as ``publish(_:to:_:)`` does, and throws
    /// ``ChorusError/Code/notEncodable`` when the value cannot be encoded.
    ///
    /// - Parameter key: what the value is the newest of (``Message/key``).
    @discardableResult
    public func publish(
        _ value: some Encodable,
        to topic: TopicName,
        key: String? = nil
    ) async throws(ChorusError) -> Position? {
        try await publish(try Message(json: value, key: key), to: topic)
    }
}

extension Topic {
    /// Publishes a value as JSON. Waits and throws as ``Hub`` does.
    ///
    /// - Parameter key: what the value is the newest of (``Message/key``).
    @discardableResult
    public func publish(_ value: some Encodable, key: String? = nil) async throws(ChorusError) -> Position? {
        try await publish(try Message(json: value, key: key))
    }
}
