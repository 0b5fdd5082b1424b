export default function Page() {
  return <p>You are logged out.</p>
}
