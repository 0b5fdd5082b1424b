export default function Page() {
  return <a href="/client">Log out</a>
}
