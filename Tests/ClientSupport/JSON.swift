import ChorusClient
package import ChorusTesting
import Foundation

/// Any JSON value, to be compared with one that is written in Swift.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    /// Reads a JSON text.
    package init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// A field of an object.
    package subscript(_ name: String) -> JSON? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    /// The elements of an array; none for other values.
    package var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The fields of an object; none for other values.
    package var fields: [String: JSON] {
        if case .object(let fields) = self { fields } else { [:] }
    }

    package var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var int: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }
}

extension JSON: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let elements = try? container.decode([JSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { $1 }) }
}

extension TestClient {
    /// The next message, which must be a text of JSON.
    package func json() async throws -> JSON {
        let message = try await next()
        guard let text = message.text else { throw TestFailure("expected JSON, got a binary message") }
        return try JSON(parsing: text)
    }

    /// The next envelope that is no notice.
    package func published() async throws -> JSON {
        while true {
            let json = try await json()
            if json["notice"] == nil { return json }
        }
    }

    /// The next notice of that name; other envelopes are passed over.
    package func notice(_ name: String) async throws -> JSON {
        while true {
            let json = try await json()
            if json["notice"]?.string == name { return json }
        }
    }
}
