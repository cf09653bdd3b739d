/// What others learn of a session that follows a topic with presence.
package enum Visibility: Sendable {
    /// Who asks finds it, and subscribers are told of it where the topic tells.
    case told
    /// Who asks finds it.
    case quiet
    /// Nothing.
    case hidden
}
