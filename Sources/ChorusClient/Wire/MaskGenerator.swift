/// Makes the masks of a client's frames (RFC 6455 section 5.3): SplitMix64, seeded by the system.
///
/// Masks keep an attacker who chooses the payload, a script in a browser, from choosing the bytes on the wire, where a
/// proxy may misunderstand them. A system call per frame would be dear, and is not needed for that.
package struct MaskGenerator: Sendable {
    private var state: UInt64

    /// A generator with a seed that nobody can guess.
    package init() {
        var system = SystemRandomNumberGenerator()
        state = system.next()
    }

    /// The mask for the next frame.
    package mutating func next() -> UInt32 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: (mixed ^ (mixed >> 31)) >> 32)
    }
}
