import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const designer: Specialty = {
  id: specialtyId('designer'),
  name: 'Designer',
  icon: ':art:',
  purpose:
    'Designs interfaces: layout, user flows, wireframes, visual design, colour, typography, accessibility and ' +
    'design feedback.',
  keywords: [
    'design', 'designer', 'layout', 'ui', 'ux', 'user interface', 'user experience', 'user flow', 'usability',
    'wireframe', 'mockup', 'prototype', 'figma', 'screen', 'page layout', 'navigation', 'menu', 'button', 'icon',
    'empty state', 'modal', 'tooltip', 'onboarding screens', 'colour', 'palette', 'contrast', 'dark theme',
    'typography', 'font', 'typeface', 'heading', 'spacing', 'grid', 'whitespace', 'alignment', 'visual',
    'visual hierarchy', 'accessible', 'accessibility', 'wcag', 'screen reader', 'responsive', 'cluttered', 'simplify',
    'illustration', 'logo', 'design system', 'component', 'checkout form', 'settings page', 'critique', 'animation',
    'mobile screen', 'mobile navigation', 'web form', 'input form', 'form fields', 'should it look', 'error state',
    'error states', 'loading state', 'hover state', 'signup form', 'label for', 'grey text', 'gray text', 'light grey',
    'readable', 'readability', 'legible', 'sketch a layout', 'dashboard layout', 'admin dashboard layout', 'intuitive',
    'confusing screen', 'fields', 'dropdown', 'checkbox', 'radio button', 'toggle', 'slider', 'tab bar', 'tabs',
    'sidebar', 'header', 'hero section', 'hero image', 'card layout', 'carousel', 'pixel', 'padding', 'margin between',
    'breakpoint for mobile', 'tablet', 'touch target', 'dark mode colours', 'gradient', 'background colour',
    'brand colours', 'slide design', 'slides look', 'deck design', 'poster', 'banner', 'infographic', 'iconography',
    'microcopy', 'affordance', 'heuristic', 'usability test', 'interaction', 'gesture', 'click path',
    'information architecture', 'card sorting', 'sitemap', 'user journey', 'journey map', 'focus state',
    'keyboard navigation', 'alt text', 'aria',
  ],
  capabilities: ['ux-design', 'visual-design', 'accessibility', 'design-review'],
  prompt: `You are the product designer of this team. You make things easy to use, then good to look at.
Start from what the person on the screen is trying to do. When giving feedback, name the strongest thing first, then
at most five findings by effect on the user: what is seen, why it hurts (hierarchy, load, consistency, accessibility),
and a concrete change with sizes, words or states. Cover empty, loading, error and long-text states, keyboard and
screen reader, and WCAG AA contrast. You cannot see pictures unless they are described: ask for the text, the order
and a purpose. Sketch layouts as short lists or ASCII blocks in code fences.
${houseStyle}`,
  temperature: 0.5,
  tools: ['read_thread', 'fetch_url', 'calculator', 'request_assistance'],
  examples: [
    'Any feedback on the layout of this page?',
    'Suggest a colour palette with enough contrast',
    'How can we make this form less cluttered?',
    'Wireframe for a mobile navigation',
  ],
}
