/// Numbers, from 0 on, as people read them; `String(format:)` would need all of Foundation.
enum Figure {
    /// With commas between the thousands.
    static func grouped(_ number: some BinaryInteger) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Two digits behind the point below 10, none above.
    static func grouped(_ number: Double) -> String {
        number < 10 ? fixed(number, 2) : grouped(Int(number.rounded()))
    }

    /// With as many digits behind the point.
    static func fixed(_ number: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((max(0, number) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled / scale).\(zeros)\(fraction)"
    }

    /// Nanoseconds as milliseconds.
    static func milliseconds(_ nanoseconds: UInt64) -> String { fixed(Double(nanoseconds) / 1e6, 3) + " ms" }

    /// `1,000 a second`
    static func rate(_ count: some BinaryInteger, _ seconds: Double) -> String {
        grouped(perSecond(count, seconds)) + " a second"
    }

    static func perSecond(_ count: some BinaryInteger, _ seconds: Double) -> Double {
        seconds > 0 ? Double(count) / seconds : 0
    }

    /// Bytes in the largest unit that gives one at least.
    static func bytes(_ count: Double) -> String {
        switch count {
        case ..<1_000: "\(Int(count.rounded())) B"
        case ..<1e6: fixed(count / 1e3, 1) + " KB"
        case ..<1e9: fixed(count / 1e6, 1) + " MB"
        default: fixed(count / 1e9, 2) + " GB"
        }
    }
}
