/// Why bytes are not one JSON value in UTF-8.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, without saying where.
    package let reason: String
    /// Which byte is wrong, from 0.
    package let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}
