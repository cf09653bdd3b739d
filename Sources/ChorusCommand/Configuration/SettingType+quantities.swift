import Configuration
import NIOCore

extension SettingType where Value == TimeAmount {
    /// Seconds as a number, or as a text with a unit: `25`, `"250ms"`, `"10m"`, `"24h"`.
    static func time(from least: TimeAmount = .milliseconds(1), to most: TimeAmount = .hours(24)) -> SettingType {
        let range = "from \(Quantity.text(of: least)) to \(Quantity.text(of: most))"
        return SettingType(
            meaning: #"a time \#(range), such as 25 (seconds), "250ms", "10m" or "24h""#,
            schema: #""type": ["number", "string"], "minimum": 0, "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h)?$""#,
            asked: [.double, .string]
        ) { content in
            let time: TimeAmount? =
                switch content {
                case .double(let seconds): Quantity.nanoseconds(seconds * 1e9)
                case .string(let text): Quantity.time(text)
                default: nil
                }
            guard let time, least <= time, time <= most else { return nil }
            return time
        } write: {
            Quantity.text(of: $0).json
        }
    }
}

extension SettingType where Value == Int {
    /// Bytes as a number, or as a text with a unit: `65536`, `"64KiB"`, `"16MiB"`, `"1GiB"`.
    static func bytes(from least: Int = 1, to most: Int = .max) -> SettingType {
        let range = most < .max ? "from \(least) to \(Quantity.text(ofBytes: most))" : "of at least \(least)"
        return SettingType(
            meaning: #"a size in bytes \#(range), such as 65536, "64KiB" or "16MiB""#,
            schema: #""type": ["integer", "string"], "minimum": \#(least), "pattern": "^[0-9]+([KMG]iB)?$""#,
            asked: [.int, .string]
        ) { content in
            let bytes: Int? =
                switch content {
                case .int(let bytes): bytes
                case .string(let text): Quantity.bytes(text)
                default: nil
                }
            guard let bytes, (least...most).contains(bytes) else { return nil }
            return bytes
        } write: { bytes in
            bytes.isMultiple(of: 1 << 10) && bytes > 0 ? Quantity.text(ofBytes: bytes).json : "\(bytes)"
        }
    }
}

/// Times and sizes as people write them.
enum Quantity {
    private static let timeUnits: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]
    private static let byteUnits = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// A number of seconds, or one with a unit; `nil` for all else.
    static func time(_ text: String) -> TimeAmount? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), digits.first != ".", digits.last != "." else { return nil }
        let unit = text[digits.endIndex...]
        guard let scale = timeUnits.first(where: { $0.name == (unit.isEmpty ? "s" : unit) })?.nanoseconds else {
            return nil
        }
        return nanoseconds(number * Double(scale))
    }

    /// `nil` for what no time can be.
    static func nanoseconds(_ number: Double) -> TimeAmount? {
        Int64(exactly: number.rounded()).map { .nanoseconds($0) }
    }

    /// In the largest unit in which it is a whole number: `25s`, `10m`, `250ms`.
    static func text(of time: TimeAmount) -> String {
        guard time > .zero else { return "0s" }
        let unit = timeUnits.first { time.nanoseconds.isMultiple(of: $0.nanoseconds) }
        guard let unit else { return "\(Double(time.nanoseconds) / 1e9)s" }
        return "\(time.nanoseconds / unit.nanoseconds)\(unit.name)"
    }

    /// A number of bytes, perhaps with a unit; `nil` for all else.
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text[digits.endIndex...]
        if unit.isEmpty { return number }
        guard let scale = byteUnits.first(where: { $0.0 == unit })?.1 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : bytes
    }

    /// In the largest unit in which it is a whole number: `64KiB`.
    static func text(ofBytes bytes: Int) -> String {
        guard bytes > 0, let unit = byteUnits.first(where: { bytes.isMultiple(of: $0.1) }) else { return "\(bytes)" }
        return "\(bytes / unit.1)\(unit.0)"
    }
}
